//! The fields of a container: what each is made from, how it is built, how it is shut down.
//!
//! Everything here is driven by types, so that `#[container]` writes down each fact once: an unmet bound is then
//! reported once.

use std::{sync::Arc, time::Duration};

use futures_util::{TryStreamExt, stream::FuturesOrdered};

use crate::{
    container::{Container, Field, UnderConstruction},
    factory::FactoryCall,
    graph::{Dependency, FieldNode, Recipe},
    hook::HookFuture,
    injectable::{Component, Construction, Wire},
};

/// One field of container `C`: an entry of [`Container::FIELDS`].
pub struct FieldSpec<C: Container> {
    pub(crate) node: FieldNode,
    /// `None` for a field that is handed in, or compiled out.
    pub(crate) construct: Option<fn(&Arc<C::Builder>) -> Step>,
    pub(crate) is_filled: fn(&C::Builder) -> bool,
    pub(crate) hook: Option<Hook<C>>,
}

/// Progress of one field: its slot is filled, or will be when the future is done.
pub type Step = Construction<()>;

/// The shutdown hook of one field, over the finished container and over the builder.
pub(crate) struct Hook<C: Container> {
    pub(crate) deadline: fn() -> Duration,
    pub(crate) stop: for<'a> fn(&'a C) -> HookFuture<'a>,
    pub(crate) stop_early: for<'a> fn(&'a C::Builder) -> Option<HookFuture<'a>>,
}

/// A field with `#[on_shutdown]`.
pub trait Stop<const I: usize>: Field<I> {
    /// How long the hook may take.
    fn deadline() -> Duration;

    /// Calls the hook.
    fn stop(value: &Self::Value) -> HookFuture<'_>;
}

/// Field `I` is bound to implementation `T`, or has `T` among its bindings.
pub trait Bind<const I: usize, T>: Container {
    /// What the implementation is held as: `Arc<dyn Trait>`.
    type Port: Send + 'static;

    /// Forgets the concrete type.
    fn bind(implementation: Arc<T>) -> Self::Port;
}

/// Field `I` holds many implementations of one port.
pub trait BindAll<const I: usize>: Field<I> {
    /// `Arc<dyn Trait>`.
    type Port: Send + 'static;

    /// The implementations, in the order of `#[bind(..)]`.
    const IMPLEMENTATIONS: &'static [Implementation<Self, Self::Port>];

    /// Their dependencies, in the same order.
    const DEPENDENCIES: &'static [Dependency];

    /// Makes the collection that the field holds.
    fn collect(ports: Vec<Self::Port>) -> Self::Value;
}

/// How one of many implementations is built.
pub struct Implementation<C: Container, P> {
    dependency: Dependency,
    construct: fn(&Arc<C::Builder>) -> Construction<P>,
}

impl<C: Container, P: Send + 'static> Implementation<C, P> {
    /// Implementation `T` of field `I`.
    #[must_use]
    pub const fn of<const I: usize, T>() -> Self
    where
        T: Component + 'static,
        T::Wiring: Wire<T, C>,
        C: Bind<I, T, Port = P>,
    {
        Self {
            dependency: Dependency::built(<T::Wiring as Wire<T, C>>::NODE),
            construct: |builder| wire::<C, T>(builder).map(C::bind),
        }
    }
}

/// The dependencies of `implementations`.
#[must_use]
pub const fn dependencies<C: Container, P, const N: usize>(implementations: &[Implementation<C, P>]) -> [Dependency; N] {
    let mut all = [implementations[0].dependency; N];
    let mut i = 0;
    while i < N {
        all[i] = implementations[i].dependency;
        i += 1;
    }
    all
}

impl<C: Container> FieldSpec<C> {
    const fn new<const I: usize>(node: FieldNode, construct: Option<fn(&Arc<C::Builder>) -> Step>) -> Self
    where
        C: Field<I>,
    {
        Self { node, construct, is_filled: |builder| C::slot(builder).get().is_some(), hook: None }
    }

    /// A field that `#[cfg]` compiled out: it keeps its number, and nothing else.
    #[must_use]
    pub const fn absent() -> Self {
        Self { node: FieldNode::ABSENT, construct: None, is_filled: |_| true, hook: None }
    }

    /// A field that is handed in.
    #[must_use]
    pub const fn provided<const I: usize>(node: FieldNode) -> Self
    where
        C: Field<I>,
    {
        Self::new(node.made(Recipe::Provided, &[]), None)
    }

    /// A field `Arc<T>` that is built by the wiring of `T`.
    #[must_use]
    pub const fn component<const I: usize, T>(node: FieldNode) -> Self
    where
        T: Component + 'static,
        T::Wiring: Wire<T, C>,
        C: Field<I, Value = Arc<T>>,
    {
        let built = const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] };
        Self::new(node.made(Recipe::Component, built), Some(|builder| fill::<C, I>(builder, wire(builder))))
    }

    /// A field that holds implementation `T` of a port.
    #[must_use]
    pub const fn bound<const I: usize, T>(node: FieldNode) -> Self
    where
        T: Component + 'static,
        T::Wiring: Wire<T, C>,
        C: Field<I> + Bind<I, T, Port = <C as Field<I>>::Value>,
    {
        let built = const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] };
        Self::new(
            node.made(Recipe::Binding, built),
            Some(|builder| fill::<C, I>(builder, wire::<C, T>(builder).map(<C as Bind<I, T>>::bind))),
        )
    }

    /// A field that holds many implementations of a port. They are built concurrently.
    #[must_use]
    pub const fn bound_all<const I: usize>(node: FieldNode) -> Self
    where
        C: BindAll<I>,
    {
        Self::new(
            node.made(Recipe::Binding, C::DEPENDENCIES),
            Some(|builder| {
                let ports: FuturesOrdered<_> =
                    C::IMPLEMENTATIONS.iter().map(|it| (it.construct)(builder).finish()).collect();
                fill::<C, I>(
                    builder,
                    Construction::Pending(Box::pin(async { ports.try_collect().await.map(C::collect) })),
                )
            }),
        )
    }

    /// A field that a function makes.
    #[must_use]
    pub const fn factory<const I: usize>(
        node: FieldNode,
        function: &'static str,
        parameters: &'static [Dependency],
        construct: fn(&Arc<C::Builder>) -> Step,
    ) -> Self
    where
        C: Field<I>,
    {
        Self::new(node.made(Recipe::Factory(function), parameters), Some(construct))
    }

    /// The same field, with a shutdown hook.
    #[must_use]
    pub const fn stopped<const I: usize>(self) -> Self
    where
        C: Stop<I>,
    {
        Self {
            hook: Some(Hook {
                deadline: C::deadline,
                stop: |container| C::stop(container.built()),
                stop_early: |builder| C::slot(builder).get().map(C::stop),
            }),
            ..self
        }
    }
}

/// Calls the factory of field `I`.
pub fn make<C, const I: usize, F>(builder: &Arc<C::Builder>, call: &FactoryCall<C, F, C::Value>) -> Step
where
    C: Field<I>,
    F: Copy,
{
    fill::<C, I>(builder, call.construct(&UnderConstruction(builder)))
}

/// Builds a component by its own wiring.
fn wire<C, T>(builder: &Arc<C::Builder>) -> Construction<Arc<T>>
where
    C: Container,
    T: Component + 'static,
    T::Wiring: Wire<T, C>,
{
    T::Wiring::wire(&UnderConstruction(builder)).map(Arc::new)
}

/// Puts the value of `construction` into its slot, now or when it is there.
fn fill<C, const I: usize>(builder: &Arc<C::Builder>, construction: Construction<C::Value>) -> Step
where
    C: Field<I>,
{
    let builder = Arc::clone(builder);
    construction.map(move |value| C::slot(&builder).fill(value))
}

/// The graph nodes of `fields`, which a [`Graph`](crate::graph::Graph) refers to.
#[must_use]
pub const fn nodes<C: Container, const N: usize>(fields: &[FieldSpec<C>]) -> [FieldNode; N] {
    let mut nodes = [FieldNode::ABSENT; N];
    let mut i = 0;
    while i < N {
        nodes[i] = fields[i].node;
        i += 1;
    }
    nodes
}
