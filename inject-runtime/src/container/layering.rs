//! Layers around the wiring: of a port and its implementation, and of what a factory makes and takes.
//!
//! The types are concrete in an expansion, and may have no layer. For a binding, the expansion passes the
//! [rule](binding_rule) that applies as a const argument. The types of the parameters of a factory are
//! inferred, so their layers are compared by method resolution: of the methods called `__next`, and of those
//! called `__layer`, the most specific one that applies is chosen. [`WithinLayers`] proves the result, in a
//! closure that is never called.
//!
//! The names begin with underscores because a trait of the user may be implemented for all types and be in
//! scope.

use std::marker::PhantomData;

use super::{Container, factory::FactoryCall};
use crate::layer::{Infrastructure, Layer, Layered, MayDependOn};

/// Rule of a binding without a comparison: both are in the same layer, or an attribute waives it.
pub const UNRESTRICTED: u8 = 0;

/// Rule of a binding: the layer of the port may depend on that of the implementation.
const OF_THE_PORT: u8 = 1;

/// Rule of a binding of a port without a layer, which counts as infrastructure.
const OF_INFRASTRUCTURE: u8 = 2;

/// Returns the rule of a binding, for the layers of the port and of the implementation.
#[must_use]
pub const fn binding_rule(port: Option<&str>, implementation: Option<&str>, is_same: bool) -> u8 {
    match (port, implementation) {
        // Without a layer it is not a component, which is another error.
        (_, None) => UNRESTRICTED,
        (None, Some(_)) => OF_INFRASTRUCTURE,
        (Some(_), Some(_)) if is_same => UNRESTRICTED,
        (Some(_), Some(_)) => OF_THE_PORT,
    }
}

/// Probe for two types of the same layer. It works like [`LayerOf`](crate::graph::LayerOf).
pub struct LayersOf<A: ?Sized, B>(PhantomData<(B, A)>);

impl<A: ?Sized + Layered, B: Layered<Layer = A::Layer>> LayersOf<A, B> {
    /// Whether the layers are the same.
    pub const ARE_SAME: bool = true;
}

/// Fallback of [`LayersOf`].
pub trait DifferentLayers {
    /// Whether the layers are the same.
    const ARE_SAME: bool = false;
}

impl<A: ?Sized, B> DifferentLayers for LayersOf<A, B> {}

/// Port that may be bound to `T` under the rule `RULE`.
pub trait PortOf<T, const RULE: u8> {}

impl<P: ?Sized, T> PortOf<T, UNRESTRICTED> for P {}

impl<P, T> PortOf<T, OF_THE_PORT> for P
where
    P: ?Sized + Layered<Layer: MayBeBoundTo<T, T::Layer>>,
    T: Layered,
{
}

impl<P, T> PortOf<T, OF_INFRASTRUCTURE> for P
where
    P: ?Sized,
    T: Layered,
    Infrastructure: MayBeBoundTo<T, T::Layer>,
{
}

/// Layer of ports that may be bound to `T`, of layer `Inner`.
///
/// The implementation is not recommended to rustc, so that it reports this trait and not [`MayDependOn`].
#[diagnostic::on_unimplemented(
    message = "layering violation: a port of the {Self} layer cannot be bound to `{T}`, which is in the {Inner} layer",
    label = "not in the {Self} layer, nor in one that it may depend on",
    note = "[inject/layer] a layer that takes the port uses its implementation: put both into the same layer, or the port into one that may depend on {Inner}",
    note = "a port over an external system is a `#[repository]` trait; a port without a stereotype counts as Infrastructure",
    note = "or declare an exception on the field: `#[layering(allow, reason = \"..\")]`"
)]
pub trait MayBeBoundTo<T, Inner> {}

#[diagnostic::do_not_recommend]
impl<L: MayDependOn<Inner>, Inner: Layer, T> MayBeBoundTo<T, Inner> for L {}

/// Layer of the value that a container field holds.
pub struct FieldLayer<T>(PhantomData<T>);

/// Field of layer `L`.
pub struct InLayer<L>(PhantomData<L>);

/// Comparison of layer `L` with the layers of the parameters in the list `Rest`. `Edges` are the
/// dependencies to prove.
pub struct Compared<L, Rest, Edges>(PhantomData<(L, Rest, Edges)>);

impl<T> FieldLayer<T> {
    /// Layer of the type `T`.
    pub const OF: Self = Self(PhantomData);
}

#[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
impl<T: Layered> FieldLayer<T> {
    /// Returns the layer of the type.
    #[must_use]
    pub fn __layer(self) -> InLayer<T::Layer> {
        InLayer(PhantomData)
    }
}

/// Fallback of [`FieldLayer`] for types without a layer, such as clients of other crates.
pub trait Foreign {
    /// Returns the layer of external systems.
    fn __layer(&self) -> InLayer<Infrastructure> {
        InLayer(PhantomData)
    }
}

impl<T> Foreign for FieldLayer<T> {}

#[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
impl<L> InLayer<L> {
    /// Begins the comparison with the parameters of a factory.
    #[must_use]
    pub fn made_by<C: Container, F, T, Args>(self, _: FactoryCall<C, F, T, Args>) -> Compared<L, Args, ()> {
        Compared(PhantomData)
    }
}

#[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
impl<L, Edges> Compared<L, (), Edges> {
    /// Ends the comparison.
    #[must_use]
    pub fn __next(self) -> Self {
        self
    }

    /// Returns the edges to prove.
    ///
    /// # Panics
    ///
    /// If it is called.
    #[must_use]
    pub fn edges(self) -> Edges {
        unreachable!("edges are used for their type and never evaluated")
    }
}

#[allow(clippy::unused_self, reason = "method resolution finds it by the type of `self`")]
impl<L, T: Layered<Layer = L>, Rest, Edges> Compared<L, (T, Rest), Edges> {
    /// Passes a parameter of the same layer.
    #[must_use]
    pub fn __next(self) -> Compared<L, Rest, Edges> {
        Compared(PhantomData)
    }
}

/// Comparison with a parameter of another layer.
pub trait OfAnotherLayer {
    /// The comparison after it.
    type Next;

    /// Adds an edge to prove.
    fn __next(self) -> Self::Next;
}

impl<L, T: Layered, Rest, Edges> OfAnotherLayer for Compared<L, (T, Rest), Edges> {
    type Next = Compared<L, Rest, ((L, T), Edges)>;

    fn __next(self) -> Self::Next {
        Compared(PhantomData)
    }
}

/// Comparison with a parameter without a layer, which is unrestricted.
pub trait OfNoLayer {
    /// The comparison after it.
    type Next;

    /// Passes the parameter.
    fn __next(&self) -> Self::Next;
}

impl<L, T, Rest, Edges> OfNoLayer for Compared<L, (T, Rest), Edges> {
    type Next = Compared<L, Rest, Edges>;

    fn __next(&self) -> Self::Next {
        Compared(PhantomData)
    }
}

/// Edges from the output of a factory to its parameters, as a list.
pub trait Edges {}

#[diagnostic::do_not_recommend]
impl Edges for () {}

impl<L, T, Rest> Edges for ((L, T), Rest)
where
    L: MayBeMadeFrom<T, T::Layer>,
    T: Layered,
    Rest: Edges,
{
}

/// Edges that the layers allow.
pub trait WithinLayers: Sized {
    /// Proof, which is never called.
    fn prove(self) {}
}

impl<E: Edges> WithinLayers for E {}

/// Layer of values that may be made from `T`, of layer `Inner`.
///
/// The implementation is not recommended to rustc, so that it reports this trait and not [`MayDependOn`].
#[diagnostic::on_unimplemented(
    message = "layering violation: a factory of the {Self} layer cannot take `{T}`, which is in the {Inner} layer",
    label = "takes `{T}`, and makes something of the {Self} layer",
    note = "[inject/layer] a factory takes what the type of its field may depend on; a type without a layer counts as Infrastructure",
    note = "make something of a layer that may depend on {Inner}; or declare an exception on the field: `#[layering(allow, reason = \"..\")]`"
)]
pub trait MayBeMadeFrom<T, Inner> {}

#[diagnostic::do_not_recommend]
impl<L: MayDependOn<Inner>, Inner: Layer, T> MayBeMadeFrom<T, Inner> for L {}
