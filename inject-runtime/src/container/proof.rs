//! Proof that a container can build its components: one obligation for all fields.
//!
//! rustc reports an unmet bound of one obligation once, and at the element of the tuple expression that it
//! comes from. With an obligation for each field, it would report a missing dependency at each field that
//! needs it. What also depends on the proof refers to it by [`Proven`], and rustc is silent about it if the
//! proof failed.

use std::marker::PhantomData;

use super::{
    Container,
    wiring::{Component, Wire},
};

/// Component that container `C` can build.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component: there is no wiring to build it with",
    label = "expected a component",
    note = "[inject/recipe] put `#[service]`, `#[repository]`, .. on `{Self}`; or state on the field how it is built: `#[input]`, `#[factory(function)]`, `#[bind(Implementation)]`"
)]
pub trait Buildable<C> {}

impl<C: Container, T: Component<Wiring: Wire<T, C>> + 'static> Buildable<C> for T {}

/// List of components that container `C` can build: a tuple.
pub trait BuildableList<C>: Sized {
    /// The proof: it is never called.
    fn prove(self) {}
}

/// List of [`BuildableList`]s, for more components than one list can have.
pub trait BuildableLists<C>: Sized {
    /// The proof: it is never called.
    fn prove(self) {}
}

/// Result of a proof, as a type: a constant cannot be the argument of a trait.
pub struct Proven<const IS_PROVEN: bool>;

/// Type behind a proof, as a pair of the two. It is erroneous if the proof failed.
pub trait Behind {
    /// The type.
    type Type;
}

impl<T> Behind for (T, Proven<true>) {
    type Type = T;
}

macro_rules! lists {
    // One implementation for each prefix of the list, the empty one included.
    (@each [$($T:ident)*]) => {
        impl<C, $($T: Buildable<C>),*> BuildableList<C> for ($(PhantomData<$T>,)*) {}
        impl<C, $($T: BuildableList<C>),*> BuildableLists<C> for ($($T,)*) {}
    };
    (@each [$($done:ident)*] $next:ident $($rest:ident)*) => {
        lists!(@each [$($done)*]);
        lists!(@each [$($done)* $next] $($rest)*);
    };
}

lists!(@each []
    T1 T2 T3 T4 T5 T6 T7 T8 T9 T10 T11 T12 T13 T14 T15 T16 T17 T18 T19 T20 T21 T22 T23 T24 T25 T26 T27 T28 T29
    T30 T31 T32
);
