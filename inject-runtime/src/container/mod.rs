//! Container: the composition root, the sources of its values, and its start and shutdown.
//!
//! Three traits bound each other and form the kernel of the crate: [`Container`] has a constant [`Graph`]
//! of itself, the graph consists of [`Injectable::NODE`](crate::Injectable::NODE)s, and a value is
//! injectable into a container. No other modules of this crate depend on each other in a cycle.

mod error;
mod factory;
mod field;
mod hook;
mod implemented;
mod layering;
mod lazy;
mod lifecycle;
mod module;
mod plan;
mod proof;
mod schedule;
mod slot;
mod state;
mod step;
mod wiring;

pub use self::{
    error::{BuildError, ShutdownError, ShutdownFailure, ShutdownFailureReason},
    factory::{Choice, FactoryCall, Yields},
    field::{
        Bind, BindAll, BoundAmongOthers, BoundField, ComponentField, FieldSpec, Implementation,
        SharedBinding, SharedImplementation, bind_map, choose, dependencies, make, nodes, owned, put,
    },
    hook::{HookCall, HookFuture, Stop},
    implemented::ImplementedBy,
    layering::{
        DifferentLayers, FieldLayer, Foreign, LayersOf, OfAnotherLayer, OfNoLayer, UNRESTRICTED,
        WithinLayers, binding_rule,
    },
    lazy::{Lazy, LazyBoundField, LazyComponentField, LazyError, attach_factory, stop_lazy},
    lifecycle::{DEFAULT_DEADLINE, Slice, shut_down, start, start_only},
    module::{
        Collects, Contributes, Contribution, IncludedField, IncludedIn, IncludedModule, Includes, Module,
        ModuleSlot, NoContribution, NotOffered, Offered, SharedIn, TakenField, contribute, contributor_count,
        contributors, joined,
    },
    plan::{Plan, reject_cycle},
    proof::{Behind, Buildable, BuildableList, BuildableLists, Proven},
    slot::Slot,
    state::HasContainer,
    wiring::{
        ByValue, Component, Construction, Constructor, ConstructorByValue, InPlace, OnStart,
        SingletonByValue, StateByValue, Wire, rejected,
    },
};
#[cfg(feature = "axum")]
pub(crate) use self::{field::ports, layering::PortOf};
use crate::{
    graph::{FieldNode, Graph},
    layer::{CompositionRoot, Layered},
};

/// Composition root of an application: a struct under [`#[container]`](macro@crate::container).
///
/// The macro generates the implementation; it is not meant to be written by hand.
/// [`Injectable`](crate::Injectable) has an example of a function that is generic over containers.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a container",
    label = "expected a struct under `#[container]`",
    note = "[inject/container] `Inject<T>` reads the container from the state of the router: `Router<Arc<App>>`, where `App` is the struct under `#[container]`"
)]
pub trait Container: Layered<Layer = CompositionRoot> + Sized + 'static {
    #[doc(hidden)]
    type Builder: 'static;

    /// `Proven`: the container can build its components.
    #[doc(hidden)]
    type Proof;

    /// Dependency graph of the container, as constant data.
    const GRAPH: Graph<Self>;

    #[doc(hidden)]
    const FIELDS: &'static [FieldSpec<Self>];

    /// Graph data of the fields.
    #[doc(hidden)]
    const NODES: &'static [FieldNode];

    /// Numbers of the fields in the order of construction: dependencies first.
    #[doc(hidden)]
    const ORDER: &'static [usize];

    /// Default isolation levels of transactions.
    #[cfg(feature = "axum")]
    #[doc(hidden)]
    const TRANSACTIONS: &'static [crate::metadata::TransactionLevel] = &[];

    /// Moves the values out of a builder. All of its slots must be filled.
    #[doc(hidden)]
    fn assemble(builder: Self::Builder) -> Self;
}

/// Container that requests can share between threads: every container whose fields are `Send` and `Sync`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a container",
    label = "expected a struct under `#[container]`",
    note = "[inject/container] `Inject<T>` reads the container from the state of the router: `Router<Arc<App>>`, where `App` is the struct under `#[container]`"
)]
pub trait SharedContainer: Container + Send + Sync {}

#[diagnostic::do_not_recommend]
impl<C: Container + Send + Sync> SharedContainer for C {}

/// Access to one field, in the container and in its builder.
///
/// `K` is the key of the field: a private type of the expansion. A number would also distinguish fields,
/// but a public container could then not have a field of a private type, because [`Value`](Self::Value)
/// would make it public.
pub trait Field<K>: Container {
    /// Type of the field.
    type Value: Clone + Send + Sync + 'static;

    /// Returns the value from the finished container.
    fn built(&self) -> &Self::Value;

    /// Returns the slot of the builder.
    fn slot(builder: &Self::Builder) -> &Slot<Self::Value>;
}

/// Stands for the value of the finished container that only its builder has: nothing is injected from it.
#[must_use]
pub fn not_kept<T>() -> T {
    unreachable!("the value is read only while the container is built")
}

/// Source of the fields of container `C`: `C` itself, or `C` under construction.
///
/// Components are built from this trait, so that one implementation of [`Injectable`](crate::Injectable)
/// serves both, and errors always name the container. The trait is sealed.
/// [`Injectable`](crate::Injectable) has an example.
pub trait Source<C: Container>: SealedSource<C> {
    #[doc(hidden)]
    fn field<K>(&self) -> &<C as Field<K>>::Value
    where
        C: Field<K>;
}

/// Supertrait that seals [`Source`].
pub trait SealedSource<C> {}

impl<C: Container> SealedSource<C> for C {}

impl<C: Container> SealedSource<C> for UnderConstruction<'_, C> {}

impl<C: Container> Source<C> for C {
    #[inline]
    fn field<K>(&self) -> &<C as Field<K>>::Value
    where
        C: Field<K>,
    {
        self.built()
    }
}

/// Clones field `K` of container `C` out of `source`.
#[inline]
pub fn read<C: Field<K>, K, S: Source<C>>(source: &S) -> C::Value {
    source.field::<K>().clone()
}

/// Container under construction: the builder, read through its slots.
pub(crate) struct UnderConstruction<'a, C: Container>(pub(crate) &'a C::Builder);

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
