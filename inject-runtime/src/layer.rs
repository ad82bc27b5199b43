//! Layers as types: every injected type has one, and dependencies point inward.

use std::sync::Arc;

use crate::qualifier::Qualified;

/// A layer of the architecture: a type that stands for a ring of the onion, never a value.
///
/// The five of this module come with their rules; [`#[layer]`](macro@crate::layer) declares one's own.
pub trait Layer: 'static {
    /// The name in messages and graphs.
    const NAME: &'static str;
}

/// A type that belongs to a layer.
///
/// The stereotypes implement it. A foreign type that a component should hold has none: mark the field
/// `#[external]`, which waives the check on the spot, or wrap the type in a component of your own.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] your own type: annotate it with `#[service]`, `#[repository]`, `#[infrastructure]` or `#[shared]`; someone else's: mark the field `#[external]`; not a dependency: `#[inject(default)]` or `#[inject(with = ..)]`"
)]
pub trait Layered {
    /// The layer of the type.
    type Layer: Layer;
}

/// The rule between two layers: `Outer: MayDependOn<Inner>`.
#[diagnostic::on_unimplemented(
    message = "layering violation: the {Self} layer may not depend on the {Inner} layer",
    label = "this dependency does not point one step inward",
    note = "[inject/layer] Route -> Service -> Repository -> Infrastructure, and anything may use Shared: depend on the layer in between, or on a port, `Arc<dyn Trait>`; an exception is marked `#[layering(allow, reason = \"..\")]`"
)]
pub trait MayDependOn<Inner: Layer>: Layer {}

macro_rules! layers {
    ($($(#[$doc:meta])* $name:ident -> [$($inner:ident),*];)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Layer for $name {
            const NAME: &'static str = stringify!($name);
        }

        $(
            #[diagnostic::do_not_recommend]
            impl MayDependOn<$inner> for $name {}
        )*
    )*};
}

layers! {
    /// Where requests come in: handlers, extractors, guards. May use [`Service`] and [`Shared`].
    Route -> [Service];
    /// What the application does. May use [`Service`], [`Repository`] and [`Shared`].
    Service -> [Service, Repository];
    /// Where data is kept. May use [`Infrastructure`] and [`Shared`].
    Repository -> [Infrastructure];
    /// The outside world: pools, clients, queues. May use [`Infrastructure`] and [`Shared`].
    Infrastructure -> [Infrastructure];
    /// What anything may use: settings, clocks, identifiers. May use nothing but [`Shared`].
    Shared -> [];
}

#[diagnostic::do_not_recommend]
impl<L: Layer> MayDependOn<Shared> for L {}

impl<T: ?Sized + Layered> Layered for Arc<T> {
    type Layer = T::Layer;
}

impl<T: Layered> Layered for Vec<T> {
    type Layer = T::Layer;
}

impl<T: Layered> Layered for [T] {
    type Layer = T::Layer;
}

impl<T: Layered, Q> Layered for Qualified<T, Q> {
    type Layer = T::Layer;
}

#[cfg(feature = "sqlx")]
impl<DB: sqlx::Database> Layered for sqlx::Pool<DB> {
    type Layer = Infrastructure;
}
