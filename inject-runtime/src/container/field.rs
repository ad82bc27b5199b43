//! Fields of a container: dependencies, construction and shutdown of each field.
//!
//! The implementation is based on types, so that `#[container]` generates each fact once, and rustc reports
//! each mistake once. The requirements for a field are the where clause of a blanket implementation, and
//! the macro reads an associated constant of it: such an error is short, and underlines the type that it is
//! about.

use std::{any::TypeId, sync::Arc};

use futures_util::{TryStreamExt, stream::FuturesOrdered};

use super::{
    Container, Field, UnderConstruction,
    factory::FactoryCall,
    hook::{Hook, Stop},
    layering::PortOf,
    step::{Construct, Step},
    wiring::{Component, Construction, Wire},
};
#[cfg(feature = "axum")]
use crate::metadata::{PortBinding, Ports};
use crate::{
    graph::{Dependency, FieldNode, Recipe},
    location::Location,
    qualifier::Qualified,
};

/// One field of container `C`: an entry of [`Container::FIELDS`].
pub struct FieldSpec<C: Container> {
    pub(crate) node: FieldNode,
    /// `None` for an input, and for a field that is compiled out.
    pub(crate) construct: Option<Construct<C>>,
    pub(crate) is_filled: fn(&C::Builder) -> bool,
    pub(crate) hook: Option<Hook<C>>,
}

/// Binding of field `K` to implementation `T`. A field with several bindings has one implementation of this
/// trait for each.
pub trait Bind<K, T>: Container {
    /// Type under which the container holds the implementation: `Arc<dyn Trait>`.
    type Port: 'static;

    /// Converts the implementation to the port.
    fn bind(implementation: Arc<T>) -> Self::Port;
}

/// Field `K` that holds many implementations of one port.
pub trait BindAll<K>: Field<K> {
    /// Type of the port: `Arc<dyn Trait>`.
    type Port: Send + 'static;

    /// Implementations, in the order of `#[bind(..)]`.
    const IMPLEMENTATIONS: &'static [Implementation<Self, Self::Port>];

    /// Dependencies of the implementations, in the same order.
    const DEPENDENCIES: &'static [Dependency];
}

/// Construction of one of many implementations.
pub struct Implementation<C: Container, P> {
    dependency: Dependency,
    construct: fn(&C::Builder) -> Construction<P>,
}

/// Component that field `K` of container `C` holds as `Arc<Self>`. `P` is the proof
/// that the container can build it.
pub trait ComponentField<C: Container, K, P> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, P, T> ComponentField<C, K, P> for T
where
    C: Field<K, Value = Arc<T>>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Component, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        Some(|builder| T::Wiring::wire(builder, Arc::new)),
    );
}

/// Component that field `K` of container `C` holds as a port. `P` is the proof
/// that the container can build it.
pub trait BoundField<C: Container, K, P, const RULE: u8> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, P, T, const RULE: u8> BoundField<C, K, P, RULE> for T
where
    C: Field<K, Value: PortOf<T, RULE>> + Bind<K, T, Port = <C as Field<K>>::Value>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Binding, const { &[Dependency::built(<T::Wiring as Wire<T, C>>::NODE)] }),
        Some(|builder| T::Wiring::wire(builder, |implementation: T| C::bind(Arc::new(implementation)))),
    );
}

/// Component that field `K` of container `C` holds as one of several ports. `P` is the proof
/// that the container can build it.
pub trait BoundAmongOthers<C: Bind<K, Self>, K, P, const RULE: u8>: Sized {
    /// Construction of the component.
    const IMPLEMENTATION: Implementation<C, C::Port>;
}

impl<C, K, P, T, const RULE: u8> BoundAmongOthers<C, K, P, RULE> for T
where
    C: Bind<K, T, Port: PortOf<T, RULE>>,
    T: Component<Wiring: Wire<T, C>> + 'static,
{
    const IMPLEMENTATION: Implementation<C, C::Port> = Implementation {
        dependency: Dependency::built(<T::Wiring as Wire<T, C>>::NODE),
        construct: |builder| {
            T::Wiring::construct(builder).map(|implementation| C::bind(Arc::new(implementation)))
        },
    };
}

/// Returns the dependencies of `implementations`.
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

    /// Field that `#[cfg]` compiled out. It keeps its number only.
    #[must_use]
    pub const fn absent() -> Self {
        Self { node: FieldNode::ABSENT, construct: None, is_filled: |_| true, hook: None }
    }

    /// Input field, whose value is passed to the builder.
    #[must_use]
    pub const fn input<K>() -> Self
    where
        C: Field<K>,
    {
        Self::new(FieldNode::made(Recipe::Input, &[]), None)
    }

    /// Field that binds a port for requests. Its slot is filled from the beginning.
    #[cfg(feature = "axum")]
    pub(crate) const fn per_request<K>(port: PortBinding) -> Self
    where
        C: Field<K>,
    {
        let node = FieldNode { port: Some(port), ..FieldNode::made(Recipe::PerRequest, &[]) };
        Self::new(node, None)
    }

    /// Field that holds many implementations of a port. They are built concurrently.
    #[must_use]
    pub const fn bound_all<K>() -> Self
    where
        C: BindAll<K> + Field<K, Value = Vec<<C as BindAll<K>>::Port>>,
    {
        Self::new(
            FieldNode::made(Recipe::Binding, C::DEPENDENCIES),
            Some(|builder| {
                let ports: FuturesOrdered<_> = C::IMPLEMENTATIONS
                    .iter()
                    .map(|implementation| (implementation.construct)(builder).finish())
                    .collect();
                let all = async { ports.try_collect().await };
                Step::of(builder, Construction::Pending(Box::pin(all)), |all| all)
            }),
        )
    }

    /// Field that a function builds.
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

    /// Sets the name, the type and the layer of the field. Its place is the place of the call.
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

    /// Marks the edges of the field as an exception from the layers.
    #[must_use]
    pub const fn excepted(self, reason: &'static str) -> Self {
        Self { node: FieldNode { exception: Some(reason), ..self.node }, ..self }
    }

    /// Adds a shutdown hook.
    #[must_use]
    pub const fn stopped<K>(self) -> Self
    where
        C: Stop<K>,
    {
        Self {
            // Called when the future is polled, so that a panic of a sync hook is caught like a panic of an
            // async hook.
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

/// Returns the ports that container `C` binds for requests.
#[cfg(feature = "axum")]
pub(crate) fn ports<C: Container>() -> Ports {
    Ports::new(C::FIELDS.iter().filter_map(|field| field.node.port))
}

/// Calls the factory of field `K`.
pub fn make<C, K, F, Args>(builder: &C::Builder, call: &FactoryCall<C, F, C::Value, Args>) -> Step<C>
where
    C: Field<K>,
    F: Copy,
{
    Step::of(builder, call.construct(&UnderConstruction(builder)), |value| value)
}

/// Returns the graph nodes of `fields`, for a [`Graph`](crate::graph::Graph).
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
