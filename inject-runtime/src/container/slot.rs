//! Slots of a builder.

use std::cell::OnceCell;

/// Aborts the program with a message. It is reached only if [`Container::ORDER`] leaves out a field.
///
/// The ABI declares that the function does not unwind. A container takes the values of all its slots in one
/// function: if each take could unwind, LLVM would track the remaining values to drop for each of them, in
/// time quadratic in the number of fields.
extern "C" fn not_built() -> ! {
    panic!("a field was not built: `Container::ORDER` is wrong")
}

/// Place of one field in a builder: empty until the value is passed in or built.
#[derive(Debug)]
pub struct Slot<T>(OnceCell<T>);

impl<T> Slot<T> {
    /// Creates a slot that the construction fills.
    #[must_use]
    pub const fn empty() -> Self {
        Self(OnceCell::new())
    }

    /// Creates a slot with a value that is passed in.
    pub fn filled(value: T) -> Self {
        Self(OnceCell::from(value))
    }

    /// Returns the value, if the slot is filled.
    pub fn get(&self) -> Option<&T> {
        self.0.get()
    }

    /// Moves the value out of a filled slot.
    #[must_use]
    pub fn into_inner(self) -> T {
        match self.0.into_inner() {
            Some(value) => value,
            None => not_built(),
        }
    }

    /// Fills the slot. The plan builds each field once, so there is never a second value.
    pub(crate) fn fill(&self, value: T) {
        let _ = self.0.set(value);
    }
}
