//! The fields of a container: what each is made from, how it is built, how it is shut down.
//!
//! Everything here is driven by types, so that `#[container]` writes down each fact once, and rustc reports each mistake once.
//! What must hold for a field stands in the where clause of a blanket implementation, and the macro reads an associated constant of
//! it: such an error is short, and underlines the type that it is about.

use std::{any::TypeId, sync::Arc};

use futures_util::{TryStreamExt, stream::FuturesOrdered};

use super::{
    Container, Field, UnderConstruction,
    factory::FactoryCall,
    hook::{Hook, Stop},
    step::{Construct, Step},
    wiring::{Component, Construction, Wire},
};
use crate::{
    graph::{Dependency, FieldNode, Recipe},
    location::Location,
    qualifier::Qualified,
};

/// One field of container `C`: an entry of [`Container::FIELDS`].
pub struct FieldSpec<C: Container> {
    pub(crate) node: FieldNode,
    /// `None` for a field that is handed in, or compiled out.
    pub(crate) construct: Option<Construct<C>>,
    pub(crate) is_filled: fn(&C::Builder) -> bool,
    pub(crate) hook: Option<Hook<C>>,
}

/// Field `K` is bound to implementation `T`, or has `T` among its bindings.
pub trait Bind<K, T>: Container {
    /// What the implementation is held as: `Arc<dyn Trait>`.
    type Port: 'static;

    /// Forgets the concrete type.
    fn bind(implementation: Arc<T>) -> Self::Port;
}

/// Field `K` holds many implementations of one port.
pub trait BindAll<K>: Field<K> {
    /// `Arc<dyn Trait>`.
    type Port: Send + 'static;

    /// The implementations, in the order of `#[bind(..)]`.
    const IMPLEMENTATIONS: &'static [Implementation<Self, Self::Port>];

    /// Their dependencies, in the same order.
    const DEPENDENCIES: &'static [Dependency];
}

/// How one of many implementations is built.
pub struct Implementation<C: Container, P> {
    dependency: Dependency,
    construct: fn(&C::Builder) -> Construction<P>,
}

/// A component that field `K` of container `C` holds as `Arc<Self>`.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component: there is no wiring to build it with",
    label = "expected a component",
    note = "[inject/recipe] put `#[service]`, `#[repository]`, .. on `{Self}`, or state on the field how it is built: `#[input]`, `#[factory(function)]`, `#[bind(Implementation)]`"
)]
pub trait ComponentField<C: Container, K> {
    /// The field, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, T> ComponentField<C, K> for T
where
    C: Field<K, Value = Arc<T>>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Component, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        Some(|builder| T::Wiring::wire(builder, Arc::new)),
    );
}

/// A component that field `K` of container `C` holds as a port.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component: there is no wiring to build it with",
    label = "expected a component",
    note = "[inject/recipe] put `#[service]`, `#[repository]`, .. on `{Self}`; or build the port with `#[factory(function)]`"
)]
pub trait BoundField<C: Container, K> {
    /// The field, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, T> BoundField<C, K> for T
where
    C: Field<K> + Bind<K, T, Port = <C as Field<K>>::Value>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Binding, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        Some(|builder| T::Wiring::wire(builder, |it: T| C::bind(Arc::new(it)))),
    );
}

/// A component that field `K` of container `C` holds as a port, among others.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a component: there is no wiring to build it with",
    label = "expected a component",
    note = "[inject/recipe] put `#[service]`, `#[repository]`, .. on `{Self}`; or build the ports with `#[factory(function)]`"
)]
pub trait BoundAmongOthers<C: Bind<K, Self>, K>: Sized {
    /// How it is built.
    const IMPLEMENTATION: Implementation<C, C::Port>;
}

impl<C, K, T> BoundAmongOthers<C, K> for T
where
    C: Bind<K, T>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const IMPLEMENTATION: Implementation<C, C::Port> = Implementation {
        dependency: Dependency::built(<T::Wiring as Wire<T, C>>::NODE),
        construct: |builder| T::Wiring::construct(builder).map(|it| C::bind(Arc::new(it))),
    };
}

/// The dependencies of `implementations`.
#[must_use]
pub const fn dependencies<C: Container, P, const N: usize>(
    implementations: &[Implementation<C, P>],
) -> [Dependency; N] {
    let mut all = [implementations[0].dependency; N];
    let mut i = 0;
    while i < N {
        all[i] = implementations[i].dependency;
        i += 1;
    }
    all
}

impl<C: Container> FieldSpec<C> {
    const fn new<K>(node: FieldNode, construct: Option<Construct<C>>) -> Self
    where
        C: Field<K>,
    {
        let node = FieldNode { id: TypeId::of::<C::Value>(), ..node };
        Self { node, construct, is_filled: |builder| C::slot(builder).get().is_some(), hook: None }
    }

    /// A field that `#[cfg]` compiled out: it keeps its number, and nothing else.
    #[must_use]
    pub const fn absent() -> Self {
        Self { node: FieldNode::ABSENT, construct: None, is_filled: |_| true, hook: None }
    }

    /// A field that is handed in.
    #[must_use]
    pub const fn input<K>() -> Self
    where
        C: Field<K>,
    {
        Self::new(FieldNode::made(Recipe::Input, &[]), None)
    }

    /// A field that holds many implementations of a port. They are built concurrently.
    #[must_use]
    pub const fn bound_all<K>() -> Self
    where
        C: BindAll<K> + Field<K, Value = Vec<<C as BindAll<K>>::Port>>,
    {
        Self::new(
            FieldNode::made(Recipe::Binding, C::DEPENDENCIES),
            Some(|builder| {
                let ports: FuturesOrdered<_> =
                    C::IMPLEMENTATIONS.iter().map(|it| (it.construct)(builder).finish()).collect();
                let all = async { ports.try_collect().await };
                Step::of(builder, Construction::Pending(Box::pin(all)), |all| all)
            }),
        )
    }

    /// A field that a function makes.
    #[must_use]
    pub const fn factory<K>(
        function: &'static str,
        parameters: &'static [Dependency],
        construct: Construct<C>,
    ) -> Self
    where
        C: Field<K>,
    {
        Self::new(FieldNode::made(Recipe::Factory(function), parameters), Some(construct))
    }

    /// Sets the name, the type and the layer of a field that is declared where this is called.
    #[must_use]
    #[track_caller]
    pub const fn declared(self, name: &'static str, ty: &'static str, layer: Option<&'static str>) -> Self {
        Self { node: FieldNode { name, ty, layer, location: Location::here(), ..self.node }, ..self }
    }

    /// Sets the qualifier.
    #[must_use]
    pub const fn qualified<K, Q: 'static>(self, qualifier: &'static str) -> Self
    where
        C: Field<K>,
    {
        let id = TypeId::of::<Qualified<C::Value, Q>>();
        Self { node: FieldNode { qualifier: Some(qualifier), id, ..self.node }, ..self }
    }

    /// The same field, with a shutdown hook.
    #[must_use]
    pub const fn stopped<K>(self) -> Self
    where
        C: Stop<K>,
    {
        Self {
            // Called when the future is polled, so that a panic of a sync hook is caught like that of an async one.
            hook: Some(Hook {
                deadline: C::deadline,
                stop: |container| {
                    let value = container.built();
                    Box::pin(async move { C::stop(value).await })
                },
                stop_early: |builder| {
                    let value = C::slot(builder).get()?.clone();
                    Some(Box::pin(async move { C::stop(&value).await }))
                },
            }),
            ..self
        }
    }
}

/// Calls the factory of field `K`.
pub fn make<C, K, F>(builder: &C::Builder, call: &FactoryCall<C, F, C::Value>) -> Step<C>
where
    C: Field<K>,
    F: Copy,
{
    Step::of(builder, call.construct(&UnderConstruction(builder)), |value| value)
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
