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
    graph::{Dependency, FieldNode, Node, Recipe},
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
    /// Gives the finished container to a value that is built on demand.
    pub(crate) attach: Option<Attach<C>>,
}

/// Function that gives the finished container to the value of a field.
pub(crate) type Attach<C> = fn(&Arc<C>, &'static FieldNode);

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

    /// Dependencies of the implementations, in the same order, and the modules that contribute.
    const DEPENDENCIES: &'static [Dependency];

    /// Adds the contributions of the modules, for a field under `#[collect]`.
    fn collect(_: &Self::Builder, _: &mut Vec<Self::Port>) {}
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
            T::Wiring::construct(&UnderConstruction(builder))
                .map(|implementation| C::bind(Arc::new(implementation)))
        },
    };
}

/// Component that field `K` of container `C` holds as a port, and that another field or value with the key
/// `O` and the number `OWNER` holds as an `Arc<Self>`: both are the same value.
pub trait SharedBinding<C: Container, K, O, const OWNER: usize, const RULE: u8> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, O, T, const OWNER: usize, const RULE: u8> SharedBinding<C, K, O, OWNER, RULE> for T
where
    C: Field<K, Value: PortOf<T, RULE>>
        + Bind<K, T, Port = <C as Field<K>>::Value>
        + Field<O, Value = Arc<T>>,
    T: 'static,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Binding, const { &[Dependency::built(Node::Field(OWNER))] }),
        Some(|builder| {
            <C as Field<K>>::slot(builder).fill(C::bind(owned::<C, O>(builder)));
            Step::Done(Ok(()))
        }),
    );
}

/// Component that field `K` of container `C` holds as one of several ports, and that another value has as an
/// `Arc<Self>`, like [`SharedBinding`].
pub trait SharedImplementation<C: Bind<K, Self>, K, O, const OWNER: usize, const RULE: u8>: Sized {
    /// Conversion of the component.
    const IMPLEMENTATION: Implementation<C, C::Port>;
}

impl<C, K, O, T, const OWNER: usize, const RULE: u8> SharedImplementation<C, K, O, OWNER, RULE> for T
where
    C: Bind<K, T, Port: PortOf<T, RULE>> + Field<O, Value = Arc<T>>,
    T: 'static,
{
    const IMPLEMENTATION: Implementation<C, C::Port> = Implementation {
        dependency: Dependency::built(Node::Field(OWNER)),
        construct: |builder| Construction::of(C::bind(owned::<C, O>(builder))),
    };
}

/// Returns the values of all constructions, followed by `others`. The constructions run concurrently.
fn all_of<T: Send + 'static>(constructions: Vec<Construction<T>>, others: Vec<T>) -> Construction<Vec<T>> {
    let is_ready = |construction: &Construction<T>| matches!(construction, Construction::Ready(_));
    if constructions.iter().all(is_ready) {
        let mut all = Vec::with_capacity(constructions.len() + others.len());
        for construction in constructions {
            match construction {
                Construction::Ready(Ok(value)) => all.push(value),
                Construction::Ready(Err(error)) => return Construction::Ready(Err(error)),
                Construction::Pending(_) => {}
            }
        }
        all.extend(others);
        return Construction::of(all);
    }
    let values: FuturesOrdered<_> = constructions.into_iter().map(Construction::finish).collect();
    Construction::Pending(Box::pin(async {
        let mut all: Vec<_> = values.try_collect().await?;
        all.extend(others);
        Ok(all)
    }))
}

/// Builds the implementations of field `K`, a map, and puts them under their keys.
pub fn bind_map<C, K, Key>(builder: &C::Builder, keys: Vec<Key>) -> Step<C>
where
    C: BindAll<K> + Field<K, Value: FromIterator<(Key, <C as BindAll<K>>::Port)>>,
    Key: Send + 'static,
{
    let constructions = C::IMPLEMENTATIONS.iter().map(|port| (port.construct)(builder)).collect();
    let all = all_of(constructions, Vec::new());
    Step::of::<K, _>(builder, all.map(|all| keys.into_iter().zip(all).collect()), |map| map)
}

/// Builds the implementation of field `K` with this number.
pub fn choose<C, K>(builder: &C::Builder, number: usize) -> Step<C>
where
    C: BindAll<K> + Field<K, Value = <C as BindAll<K>>::Port>,
{
    Step::of::<K, _>(builder, (C::IMPLEMENTATIONS[number].construct)(builder), |port| port)
}

/// Fills the slot of field `K`.
pub fn put<C: Field<K>, K>(builder: &C::Builder, value: C::Value) -> Step<C> {
    C::slot(builder).fill(value);
    Step::Done(Ok(()))
}

/// Returns a value that is built before.
pub fn owned<C: Field<K>, K>(builder: &C::Builder) -> C::Value {
    match C::slot(builder).get() {
        Some(value) => value.clone(),
        None => unreachable!("a value is read before it is built: `Container::ORDER` is wrong"),
    }
}

/// Returns the dependencies of `implementations`, and `others`.
#[must_use]
pub const fn dependencies<C: Container, P, const N: usize>(
    implementations: &[Implementation<C, P>],
    others: &[Dependency],
) -> [Dependency; N] {
    let mut all = [Dependency::built(Node::Field(0)); N];
    let mut i = 0;
    while i < N {
        let own = implementations.len();
        all[i] = if i < own { implementations[i].dependency } else { others[i - own] };
        i += 1;
    }
    all
}

impl<C: Container> FieldSpec<C> {
    pub(super) const fn new<K>(node: FieldNode, construct: Option<Construct<C>>) -> Self
    where
        C: Field<K>,
    {
        let node = FieldNode { id: TypeId::of::<C::Value>(), ..node };
        Self {
            node,
            construct,
            is_filled: |builder| C::slot(builder).get().is_some(),
            hook: None,
            attach: None,
        }
    }

    /// Field that `#[cfg]` compiled out. It keeps its number only.
    #[must_use]
    pub const fn absent() -> Self {
        Self { node: FieldNode::ABSENT, construct: None, is_filled: |_| true, hook: None, attach: None }
    }

    /// Input field, whose value is passed to the builder.
    #[must_use]
    pub const fn input<K>() -> Self
    where
        C: Field<K>,
    {
        Self::new(FieldNode::made(Recipe::Input, &[]), None)
    }

    /// Field of a module that the container has in which the module is.
    #[must_use]
    pub const fn required<K>() -> Self
    where
        C: Field<K>,
    {
        Self::new(FieldNode::made(Recipe::Required, &[]), None)
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
        C: BindAll<K> + Field<K, Value: From<Vec<<C as BindAll<K>>::Port>>>,
    {
        Self::new(
            FieldNode::made(Recipe::Binding, C::DEPENDENCIES),
            Some(|builder| {
                let constructions = C::IMPLEMENTATIONS.iter().map(|port| (port.construct)(builder)).collect();
                let mut collected = Vec::new();
                C::collect(builder, &mut collected);
                Step::of(builder, all_of(constructions, collected), C::Value::from)
            }),
        )
    }

    /// Field that `construct` makes of one or more of its implementations.
    #[must_use]
    pub const fn bound<K>(construct: Construct<C>) -> Self
    where
        C: BindAll<K>,
    {
        Self::new(FieldNode::made(Recipe::Binding, C::DEPENDENCIES), Some(construct))
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
