//! What `#[container]` implements, and where values come from: the finished container, or the one under construction.

use std::cell::OnceCell;

use crate::{field::FieldSpec, graph::Graph};

/// The composition root of an application: a struct under [`#[container]`](macro@crate::container).
///
/// Its associated items are what the macro generated; they are not meant to be written by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a container",
    label = "expected a struct under `#[container]`",
    note = "[inject/container] `Inject<T>` reads the container from the state of the router: `Router<Arc<App>>`, where `App` is the struct under `#[container]`"
)]
pub trait Container: Sized + 'static {
    #[doc(hidden)]
    type Builder: 'static;

    /// The dependency graph, as constant data.
    const GRAPH: Graph<Self>;

    #[doc(hidden)]
    const FIELDS: &'static [FieldSpec<Self>];

    /// The fields in the order in which they are built: dependencies first.
    #[doc(hidden)]
    const ORDER: &'static [usize];

    /// Takes the values out of a builder all of whose slots are filled.
    #[doc(hidden)]
    fn assemble(builder: Self::Builder) -> Self;
}

/// One field of a container, in the container and in its builder.
///
/// `K` is the key of the field: a private type of the expansion. A number would do to tell fields apart, but then a public
/// container could not have a field of a private type, since [`Value`](Self::Value) would make it public.
pub trait Field<K>: Container {
    /// The type of the field.
    type Value: Clone + Send + Sync + 'static;

    /// The field of the finished container.
    fn built(&self) -> &Self::Value;

    /// The field of the builder.
    fn slot(builder: &Self::Builder) -> &Slot<Self::Value>;
}

/// Where the fields of container `C` can be read: `C` itself, or `C` under construction.
///
/// Components are wired against this trait, so that one implementation of [`Injectable`] serves both, and
/// errors always name the container.
pub trait Source<C: Container> {
    #[doc(hidden)]
    fn field<K>(&self) -> &<C as Field<K>>::Value
    where
        C: Field<K>;
}

impl<C: Container> Source<C> for C {
    #[inline]
    fn field<K>(&self) -> &<C as Field<K>>::Value
    where
        C: Field<K>,
    {
        self.built()
    }
}

/// Field `K` of container `C`, cloned out of `source`.
#[inline]
pub fn read<C: Field<K>, K, S: Source<C>>(source: &S) -> C::Value {
    source.field::<K>().clone()
}

/// A container under construction: the builder, read through its slots.
pub struct UnderConstruction<'a, C: Container>(pub(crate) &'a C::Builder);

impl<C: Container> Source<C> for UnderConstruction<'_, C> {
    fn field<K>(&self) -> &<C as Field<K>>::Value
    where
        C: Field<K>,
    {
        match C::slot(self.0).get() {
            Some(value) => value,
            None => {
                unreachable!("a field is read before it is built: `Container::ORDER` is wrong")
            }
        }
    }
}

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
