//! Modules: parts of a container that another crate owns.
//!
//! A module is a container of its own, whose inputs are what it requires. The container that includes it
//! builds it like a field, as soon as the requirements are there. Types of a module are provided by
//! [`SharedIn`], which the crate of the module implements for all containers that [include](Includes) it: so
//! they may be private.

use std::{any::Any, cell::Cell, marker::PhantomData, sync::Arc, time::Duration};

use super::{
    Container, Field, SharedContainer, Source, UnderConstruction,
    field::FieldSpec,
    hook::Hook,
    lifecycle::{shut_down, start},
    slot::Slot,
    step::{Construct, Step},
    wiring::Construction,
};
use crate::{
    graph::{Dependency, FieldNode, ModuleGraph, Node, Recipe},
    injectable::Injectable,
    layer::{Allows, External},
};

/// Part of a container: a struct under `#[module]`.
///
/// The macro generates the implementation; it is not meant to be written by hand.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a module",
    label = "expected a struct under `#[module]`",
    note = "[inject/module] `#[include]` goes on an `Arc<M>`, where `M` is a struct under `#[module]`"
)]
pub trait Module: Container {
    /// The module. A bound on it says nothing about a type that is not a module.
    #[doc(hidden)]
    type Itself;
}

/// Container that includes the module `M`: it has a field under `#[include]`.
///
/// The routes of a feature are generic over the containers that include the module of the feature:
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{Includes, Inject, Routes, get, module, routes, service};
///
/// #[service]
/// pub struct Index {
///     #[init(3)]
///     titles: usize,
/// }
///
/// /// The catalog of the shop.
/// #[module]
/// pub struct Catalog {
///     index: Arc<Index>,
/// }
///
/// #[get("/titles", public)]
/// async fn titles(Inject(index): Inject<Arc<Index>>) -> String {
///     index.titles.to_string()
/// }
///
/// pub fn routes<C: Includes<Catalog>>() -> Routes<C> {
///     routes![titles]
/// }
/// ```
#[diagnostic::on_unimplemented(
    message = "`{Self}` does not include the module `{M}`",
    label = "this container has no field of the module",
    note = "[inject/module] add a field to `{Self}`: `#[include] name: Arc<{M}>`"
)]
pub trait Includes<M>: SharedContainer {
    /// Number of the field.
    #[doc(hidden)]
    const FIELD: usize;

    #[doc(hidden)]
    fn module<S: Source<Self>>(source: &S) -> &Arc<M>;

    #[doc(hidden)]
    fn place(builder: &Self::Builder) -> &ModuleSlot<M>;

    /// Replaces fields of the module by fields of the container.
    #[doc(hidden)]
    fn replace(_: &Self::Builder, module: M::Builder) -> M::Builder
    where
        M: Container,
    {
        module
    }
}

/// Type that container `C` has as an `Arc<Self>` in one of its modules.
pub trait SharedIn<C: Container> {
    /// Node of the value in the dependency graph of `C`.
    const NODE: Node;

    /// Clones the value.
    fn shared<S: Source<C>>(source: &S) -> Arc<Self>;
}

// Not recommended to rustc: a container without modules lacks the field, and not this trait.
#[diagnostic::do_not_recommend]
impl<C, U, T> Injectable<C, U> for Arc<T>
where
    C: Container,
    T: ?Sized + SharedIn<C>,
    U: Allows<Self>,
{
    const NODE: Node = T::NODE;

    #[inline]
    fn inject<S: Source<C>>(source: &S) -> Self {
        T::shared(source)
    }
}

/// Module whose requirements container `C` has.
pub trait IncludedIn<C: Container>: Module {
    /// Requirements, by the names of their fields.
    const REQUIREMENTS: &'static [Dependency];

    /// Creates the builder of the module, with what it requires.
    fn builder<S: Source<C>>(source: &S) -> Self::Builder;
}

/// Place of a module in a builder.
///
/// It has no bounds, so that the builder is well-formed if the type is not a module.
pub struct ModuleSlot<M> {
    /// The module.
    pub slot: Slot<Arc<M>>,
    /// Changes to its builder, which are applied when its requirements are there.
    changes: Cell<Vec<Change>>,
}

/// Change of a builder.
type Change = Box<dyn FnOnce(Box<dyn Any>) -> Box<dyn Any> + Send>;

impl<M> ModuleSlot<M> {
    /// Creates a place that the construction fills.
    #[must_use]
    pub const fn empty() -> Self {
        Self { slot: Slot::empty(), changes: Cell::new(Vec::new()) }
    }

    /// Adds a change.
    pub fn change(&self, change: impl FnOnce(M::Builder) -> M::Builder + Send + 'static)
    where
        M: Container,
    {
        let mut changes = self.changes.take();
        changes.push(Box::new(|builder| match builder.downcast() {
            Ok(builder) => Box::new(change(*builder)),
            Err(builder) => builder,
        }));
        self.changes.set(changes);
    }

    fn changed(&self, builder: M::Builder) -> M::Builder
    where
        M: Container,
    {
        let changes = self.changes.take();
        if changes.is_empty() {
            return builder;
        }
        let builder = changes.into_iter().fold(Box::new(builder) as _, |builder, change| change(builder));
        match builder.downcast() {
            Ok(builder) => *builder,
            Err(_) => unreachable!("a change returns a builder of the type that it takes"),
        }
    }

    /// Moves the module out of a filled place.
    #[must_use]
    pub fn into_inner(self) -> Arc<M> {
        self.slot.into_inner()
    }
}

/// Module whose requirements container `C` has.
pub trait IncludedModule<C>: Sized {
    /// The proof: it is never called.
    fn prove(self) {}
}

impl<C: Container, M: Module<Itself: IncludedIn<C>>> IncludedModule<C> for PhantomData<M> {}

/// Returns the dependencies of both lists.
#[must_use]
pub const fn joined<const N: usize>(one: &[Dependency], two: &[Dependency]) -> [Dependency; N] {
    let mut all = [Dependency::built(Node::Field(0)); N];
    let mut i = 0;
    while i < N {
        all[i] = if i < one.len() { one[i] } else { two[i - one.len()] };
        i += 1;
    }
    all
}

/// Module that field `K` of container `C` holds. `P` is the proof that the container has its requirements.
pub trait IncludedField<C: Container, K, P> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, P, M> IncludedField<C, K, P> for M
where
    C: Includes<M> + Field<K, Value = Arc<M>>,
    M: IncludedIn<C> + Send + Sync,
    M::Builder: Send,
{
    const SPEC: FieldSpec<C> = {
        let node = FieldNode {
            module: Some(const { &ModuleGraph::of::<M>() }),
            ..FieldNode::made(Recipe::Module, M::REQUIREMENTS)
        };
        let construct = |builder: &C::Builder| {
            let module = C::replace(builder, M::builder(&UnderConstruction::<C>(builder)));
            let module = C::place(builder).changed(module);
            let started = async { Ok(start::<M>(module).await?) };
            Step::of(builder, Construction::Pending(Box::pin(started)), |module| module)
        };
        // Each hook of the module has a deadline of its own.
        let hook = Hook {
            deadline: || Duration::MAX,
            stop: |container: &C| Box::pin(async { Ok(shut_down::<M>(container.built()).await?) }),
            stop_early: |builder| {
                let module = <C as Field<K>>::slot(builder).get()?.clone();
                Some(Box::pin(async move { Ok(shut_down::<M>(&module).await?) }))
            },
        };
        FieldSpec { hook: Some(hook), ..FieldSpec::new::<K>(node, Some(construct)) }
    };
}

impl<C: Container> FieldSpec<C> {
    /// Sets the requirements of a field with a module.
    #[must_use]
    pub const fn requiring(self, dependencies: &'static [Dependency]) -> Self {
        Self { node: FieldNode { dependencies, ..self.node }, ..self }
    }

    /// Field with a value that the container may provide.
    #[must_use]
    pub const fn optional<K, T>(dependencies: &'static [Dependency], construct: Construct<C>) -> Self
    where
        C: Field<K, Value = Option<T>>,
    {
        Self::new::<K>(FieldNode::made(Recipe::Optional, dependencies), Some(construct))
    }
}

/// Value that field `K` of container `C` takes from the module `M`.
pub trait TakenField<C: Container, K, M> {
    /// Field data, without name and type.
    const SPEC: FieldSpec<C>;
}

impl<C, K, M, T> TakenField<C, K, M> for T
where
    M: Module,
    C: Includes<M> + Field<K, Value = T>,
    T: Injectable<M, External>,
{
    const SPEC: FieldSpec<C> = FieldSpec::new::<K>(
        FieldNode::made(Recipe::Taken, const { &[Dependency::built(in_module::<C, T, M>())] }),
        Some(|builder| {
            C::slot(builder).fill(T::inject(&**C::module(&UnderConstruction::<C>(builder))));
            Step::Done(Ok(()))
        }),
    );
}

/// Returns the node of a `T` of the module `M` in container `C`.
const fn in_module<C, T, M>() -> Node
where
    M: Module,
    C: Includes<M>,
    T: Injectable<M, External>,
{
    match T::NODE {
        Node::Field(inner) => Node::InModule(C::FIELD, inner),
        _ => Node::Field(C::FIELD),
    }
}

/// Module that adds to the values `P` which its container collects: it has a field under `#[contribute]`.
pub trait Contributes<P> {
    /// Returns the values, in order.
    fn contributions(&self) -> &[P];
}

/// Container that collects values `P` of its modules: it has a field `Vec<P>` under `#[collect]`.
#[diagnostic::on_unimplemented(
    message = "a module of `{Self}` contributes `{P}`, and `{Self}` does not collect it",
    label = "contributes `{P}`",
    note = "[inject/module] add a field to `{Self}`: `#[collect] name: Vec<{P}>`"
)]
pub trait Collects<P>: Container {}

/// Probe for the contributions of the module `M` to a list of `P`. It works like
/// [`LayerOf`](crate::graph::LayerOf).
pub struct Contribution<M, P>(PhantomData<(M, P)>);

impl<M: Contributes<P>, P> Contribution<M, P> {
    /// Function that returns the contributions.
    pub const OF: Option<fn(&M) -> &[P]> = Some(M::contributions);
}

/// Fallback of [`Contribution`] for modules that do not contribute.
pub trait NoContribution<M, P> {
    /// No contributions.
    const OF: Option<fn(&M) -> &[P]> = None;
}

impl<M, P> NoContribution<M, P> for Contribution<M, P> {}

/// Adds the contributions of the module `M` to the values that are collected in a container.
pub fn contribute<C, M, P>(builder: &C::Builder, of: Option<fn(&M) -> &[P]>, all: &mut Vec<P>)
where
    M: Module,
    C: Includes<M>,
    P: Clone,
{
    if let Some(contributions) = of {
        all.extend_from_slice(contributions(C::module(&UnderConstruction::<C>(builder))));
    }
}

/// Returns the number of modules that contribute, of pairs of the number of the field and whether it does.
#[must_use]
pub const fn contributor_count(modules: &[(usize, bool)]) -> usize {
    let (mut count, mut module) = (0, 0);
    while module < modules.len() {
        count += modules[module].1 as usize;
        module += 1;
    }
    count
}

/// Returns the dependencies on the modules that contribute.
#[must_use]
pub const fn contributors<const N: usize>(modules: &[(usize, bool)]) -> [Dependency; N] {
    let mut all = [Dependency::built(Node::Field(0)); N];
    let (mut count, mut module) = (0, 0);
    while module < modules.len() {
        if modules[module].1 {
            all[count] = Dependency::built(Node::Field(modules[module].0));
            count += 1;
        }
        module += 1;
    }
    all
}

/// Probe for a `T` of container `C`. It works like [`LayerOf`](crate::graph::LayerOf).
pub struct Offered<T, C>(PhantomData<(T, C)>);

impl<C: Container, T: Injectable<C, External>> Offered<T, C> {
    /// Whether the container provides it.
    pub const IS: bool = true;

    /// The dependency on it.
    pub const EDGE: Dependency = Dependency::built(T::NODE);

    /// Resolves it in the container under construction.
    pub fn take(builder: &C::Builder) -> Option<T> {
        Some(T::inject(&UnderConstruction::<C>(builder)))
    }
}

/// Fallback of [`Offered`] for types that the container does not provide.
pub trait NotOffered<T, C: Container> {
    /// Whether the container provides it.
    const IS: bool = false;

    /// Never used.
    const EDGE: Dependency = Dependency::built(Node::Field(0));

    /// Returns nothing.
    #[must_use]
    fn take(_: &C::Builder) -> Option<T> {
        None
    }
}

impl<C: Container, T> NotOffered<T, C> for Offered<T, C> {}
