//! Slots of a builder.

use std::cell::OnceCell;

/// Ends the program with a message. It is reached only if [`Container::ORDER`] leaves a field out.
///
/// The ABI says that it does not unwind. A container takes the values of all of its slots in one function: if each of them could
/// unwind there, LLVM would keep track of what is left to drop at each, in time quadratic in the number of fields.
extern "C" fn not_built() -> ! {
    panic!("a field was not built: `Container::ORDER` is wrong")
}

/// The place of one field in a builder: empty until the value is handed in or built.
#[derive(Debug)]
pub struct Slot<T>(OnceCell<T>);

impl<T> Slot<T> {
    /// A slot to be filled by the construction.
    #[must_use]
    pub const fn empty() -> Self {
        Self(OnceCell::new())
    }

    /// A slot that holds a value that was handed in.
    pub fn filled(value: T) -> Self {
        Self(OnceCell::from(value))
    }

    /// The value, if it is there.
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// Takes the value out of a slot that is filled.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self.0.into_inner() {
            Some(value) => value,
            None => not_built(),
        }
    }

    /// Fills the slot; the plan builds each field once, so there is never a second value.
    pub(crate) fn fill(&self, value: T) {
        let _ = self.0.set(value);
    }
}
