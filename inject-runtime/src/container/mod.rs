//! Container: the composition root, the sources of its values, and how it starts and stops.
//!
//! Three traits bound each other and form the kernel of the crate: [`Container`] has a constant [`Graph`] of itself, the graph is made of
//! [`Injectable::NODE`](crate::Injectable::NODE)s, and a value is injectable into a container. No other modules of this crate depend on each
//! other in a circle.

mod error;
mod factory;
mod field;
mod hook;
mod lifecycle;
mod plan;
mod schedule;
mod slot;
mod step;
mod wiring;

pub use self::{
    error::{BuildError, ShutdownError, ShutdownFailure, ShutdownFailureReason},
    factory::{FactoryCall, Yields},
    field::{
        Bind, BindAll, BoundAmongOthers, BoundField, ComponentField, FieldSpec, Implementation, dependencies,
        make, nodes,
    },
    hook::{HookCall, HookFuture, Stop},
    lifecycle::{DEFAULT_DEADLINE, shut_down, start},
    plan::{Plan, reject_cycle},
    slot::Slot,
    wiring::{ByValue, Component, Construction, Constructor, InPlace, OnStart, rejected},
};
use crate::graph::Graph;

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

/// Container that requests share between threads: every container whose fields allow it.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a container",
    label = "expected a struct under `#[container]`",
    note = "[inject/container] `Inject<T>` reads the container from the state of the router: `Router<Arc<App>>`, where `App` is the struct under `#[container]`"
)]
pub trait SharedContainer: Container + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<C: Container + Send + Sync> SharedContainer for C {}

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
