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
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "someone else's: put `#[external]` on the field; not a dependency: `#[init]` or `#[init(..)]`"
)]
pub trait Layered {
    /// The layer of the type.
    type Layer: Layer;
}

/// The rule between two layers: `Outer: MayDependOn<Inner>`.
#[diagnostic::on_unimplemented(
    message = "layering violation: the {Self} layer may not depend on the {Inner} layer",
    label = "this dependency does not point one step inward",
    note = "[inject/layer] Route -> Service -> Repository -> Infrastructure; anything may use Common",
    note = "go through the layer in between, or through a port, `Arc<dyn Trait>`; or make an exception of it: `#[layering(allow, reason = \"..\")]`"
)]
pub trait MayDependOn<Inner: Layer>: Layer {}

macro_rules! layers {
    ($($(#[$doc:meta])* $name:ident)*) => {$(
        $(#[$doc])*
        #[derive(Debug)]
        pub struct $name;

        impl Layer for $name {
            const NAME: &'static str = stringify!($name);
        }
    )*};
}

layers! {
    /// Where requests come in: handlers, extractors, guards. May use [`Service`] and [`Common`].
    Route
    /// What the application does. May use [`Service`], [`Repository`] and [`Common`].
    Service
    /// Where data is kept. May use [`Infrastructure`] and [`Common`].
    Repository
    /// The outside world: pools, clients, queues. May use [`Infrastructure`] and [`Common`].
    Infrastructure
    /// What anything may use: settings, clocks, identifiers. May use nothing but [`Common`].
    Common
}

// One by one and not by macro: rustc quotes a rule where it is the only one of its layer.
#[diagnostic::do_not_recommend]
impl MayDependOn<Service> for Route {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Common> for Route {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Service> for Service {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Repository> for Service {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Common> for Service {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Infrastructure> for Repository {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Common> for Repository {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Infrastructure> for Infrastructure {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Common> for Infrastructure {}
#[diagnostic::do_not_recommend]
impl MayDependOn<Common> for Common {}

#[diagnostic::do_not_recommend]
impl<T: ?Sized + Layered> Layered for Arc<T> {
    type Layer = T::Layer;
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for Option<T> {
    type Layer = T::Layer;
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for Vec<T> {
    type Layer = T::Layer;
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for [T] {
    type Layer = T::Layer;
}

#[diagnostic::do_not_recommend]
impl<T: Layered, Q> Layered for Qualified<T, Q> {
    type Layer = T::Layer;
}

#[cfg(feature = "sqlx")]
#[diagnostic::do_not_recommend]
impl<DB: sqlx::Database> Layered for sqlx::Pool<DB> {
    type Layer = Infrastructure;
}
