//! Graph data of components and fields: constants of the expansions, from which the compiler derives the
//! start order.

use std::{any::TypeId, fmt, marker::PhantomData};

use super::{EdgeKind, Location, Scope};
#[cfg(feature = "axum")]
use crate::metadata::PortBinding;
use crate::{
    container::Container,
    injectable::Injectable,
    layer::{Layer, Layered, MayDependOn},
};

/// Node of a value in the graph: a field of the container, or a component that is built in place.
///
/// A field is a number and not a reference to its dependencies. This keeps the tree of components finite,
/// and lets a cyclic graph be represented and therefore reported.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// Field with this number.
    Field(usize),
    /// Field of a module: the number of the field that holds the module, and the number in the module.
    InModule(usize, usize),
    /// Component with its own dependencies.
    Component(&'static ComponentNode),
}

/// Graph data of a component, from its stereotype.
#[derive(Clone, Copy, Debug)]
pub struct ComponentNode {
    pub(crate) name: &'static str,
    pub(crate) id: TypeId,
    pub(crate) layer: &'static str,
    pub(crate) scope: Scope,
    pub(crate) location: Location,
    pub(crate) dependencies: &'static [Dependency],
}

impl ComponentNode {
    /// Creates the node of component `T`. Its place is the place of the call.
    #[must_use]
    #[track_caller]
    pub const fn new<T: Layered + 'static>(name: &'static str, dependencies: &'static [Dependency]) -> Self {
        Self {
            name,
            id: TypeId::of::<T>(),
            layer: <T::Layer as Layer>::NAME,
            scope: Scope::Transient,
            location: Location::here(),
            dependencies,
        }
    }

    /// Sets the scope of a component that is built once.
    #[must_use]
    pub const fn singleton(self) -> Self {
        Self { scope: Scope::Singleton, ..self }
    }
}

/// Edge of the graph, as declared by the dependent.
#[derive(Clone, Copy, Debug)]
pub struct Dependency {
    pub(crate) name: Option<&'static str>,
    pub(crate) node: Node,
    pub(crate) kind: EdgeKind,
}

/// Dependency that the layers allow: `Self` can be injected into the layer `L` of container `C`.
///
/// Expansions read [`EDGE`](Self::EDGE) of each field, so that rustc reports an unmet bound at the type of
/// the field. If the type is not [`Layered`], rustc cannot name its layer and reports this trait; the
/// message below is for that case.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "a type of another crate: put `#[external]` on the field; not a dependency: `#[init]` or `#[init(..)]`"
)]
pub trait DependencyOf<L, C: Container>: Injectable<C> {
    /// Edge of the dependency.
    const EDGE: Dependency;
}

impl<L, C, D> DependencyOf<L, C> for D
where
    L: MayDependOn<D::Layer>,
    C: Container,
    D: Injectable<C> + Layered,
{
    const EDGE: Dependency = Dependency { name: None, node: D::NODE, kind: EdgeKind::Inward };
}

impl Dependency {
    /// Creates the edge of a field or parameter to a dependency that the layers allow, with the proof.
    #[must_use]
    pub const fn inward(name: &'static str, node: Node, _: fn()) -> Self {
        Self { name: Some(name), node, kind: EdgeKind::Inward }
    }

    /// Creates the edge of `#[layering(allow, reason = "..")]`: a dependency on a layer that the rules
    /// forbid.
    #[must_use]
    pub const fn excepted(node: Node, reason: &'static str) -> Self {
        Self { name: None, node, kind: EdgeKind::Excepted { reason } }
    }

    /// Creates the edge from a decorator to the implementation of its own port.
    #[must_use]
    pub const fn decorated(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::Inward }
    }

    /// Creates the edge of `#[external]`: a dependency on a type without a layer.
    #[must_use]
    pub const fn external(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::External }
    }

    /// Sets the name of the field or parameter that holds the dependency.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// Creates the edge from a module to what it requires.
    #[must_use]
    pub const fn required(name: &'static str, node: Node) -> Self {
        Self { name: Some(name), node, kind: EdgeKind::Parameter }
    }

    /// Creates the edge from a field of the container to the component that is built for it.
    pub(crate) const fn built(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::Built }
    }

    /// Creates the edge of a parameter of a factory.
    pub(crate) const fn parameter(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::Parameter }
    }
}

/// Graph data of a field of a container.
#[derive(Clone, Copy, Debug)]
pub struct FieldNode {
    pub(crate) name: &'static str,
    pub(crate) ty: &'static str,
    /// Id of the injected type. With a qualifier, this is the qualified type.
    // Parameters of endpoints are resolved by it.
    #[cfg_attr(not(feature = "axum"), allow(dead_code))]
    pub(crate) id: TypeId,
    pub(crate) layer: Option<&'static str>,
    pub(crate) qualifier: Option<&'static str>,
    pub(crate) location: Location,
    pub(crate) recipe: Recipe,
    /// Provider behind a port, of a field `PerRequest<dyn P>`.
    #[cfg(feature = "axum")]
    pub(crate) port: Option<PortBinding>,
    /// Reason of `#[layering(allow, reason = "..")]`.
    pub(crate) exception: Option<&'static str>,
    /// Graph of the module that the field holds.
    pub(crate) module: Option<&'static ModuleGraph>,
    /// Dependencies that are resolved when the value is asked for, after the start.
    pub(crate) on_demand: &'static [Dependency],
    pub(crate) dependencies: &'static [Dependency],
}

/// Graph data of a module, from its container.
#[derive(Clone, Copy)]
pub struct ModuleGraph {
    pub(crate) fields: &'static [FieldNode],
    pub(crate) order: &'static [usize],
}

impl fmt::Debug for ModuleGraph {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_list().entries(self.fields.iter().map(|field| field.name)).finish()
    }
}

impl ModuleGraph {
    /// Returns the graph data of the module `M`.
    pub(crate) const fn of<M: Container>() -> Self {
        Self { fields: M::NODES, order: M::ORDER }
    }
}

/// Rejects `#[external]` on a dependency whose type has a layer, in a constant.
///
/// rustc leaves `#[track_caller]` functions out of the frames that it prints, and underlines the call.
///
/// # Panics
///
/// If the type has a layer.
#[track_caller]
pub const fn reject_layer(name: Option<&'static str>) {
    assert!(
        name.is_none(),
        "this type has a layer, which `#[external]` would waive: remove the attribute, or say why with `#[layering(allow, reason = \"..\")]` [inject/layer]"
    );
}

/// Probe for the layer of `T`. For a [`Layered`] type, `LayerOf::<T>::NAME` is the inherent constant below;
/// for any other type, it is the constant of [`Unlayered`], which must be in scope: an inherent constant
/// has priority over a constant of a trait.
pub struct LayerOf<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized + Layered> LayerOf<T> {
    /// Name of the layer.
    pub const NAME: Option<&'static str> = Some(<T::Layer as Layer>::NAME);

    /// Proof that layer `L` may use the type. The bound is on the function and not on the block: an unmet
    /// bound on the block would select [`Unlayered`].
    pub fn usable_from<L: MayDependOn<T::Layer>>() {}
}

/// Fallback of [`LayerOf`] for types without a layer.
pub trait Unlayered {
    /// No layer.
    const NAME: Option<&'static str> = None;

    /// Not a proof: the container permits a use of the type if it has a layer.
    fn usable_from<L>() {}
}

impl<T: ?Sized> Unlayered for LayerOf<T> {}

/// Probe for the node of `T` in container `C`: `None` if the container does not provide a `T`. It works
/// like [`LayerOf`].
#[cfg(feature = "axum")]
pub struct NodeOf<T, C>(PhantomData<(T, C)>);

#[cfg(feature = "axum")]
impl<T: Injectable<C, crate::layer::External>, C: Container> NodeOf<T, C> {
    /// Node of the type.
    pub const NODE: Option<Node> = Some(T::NODE);
}

/// Fallback of [`NodeOf`] for types that the container does not provide.
#[cfg(feature = "axum")]
pub trait NotProvided {
    /// No node.
    const NODE: Option<Node> = None;
}

#[cfg(feature = "axum")]
impl<T, C> NotProvided for NodeOf<T, C> {}

/// Recipe for the value of a container field.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Recipe {
    /// Passed to the builder by `main`.
    Input,
    /// Returned by the function with this name.
    Factory(&'static str),
    /// Bound to one or more implementations.
    Binding,
    /// Built by the wiring of the component.
    Component,
    /// Module, which has fields of its own.
    Module,
    /// Field of a module whose value the container has in which the module is.
    Required,
    /// Taken from a module.
    Taken,
    /// There if the container provides the type.
    Optional,
    /// Bound to a provider or a request-scoped component: each request builds its own.
    PerRequest,
    /// Compiled out by `#[cfg]`.
    Absent,
}

impl FieldNode {
    pub(crate) const ABSENT: Self = Self {
        name: "",
        ty: "",
        id: TypeId::of::<()>(),
        layer: None,
        qualifier: None,
        location: Location::EMPTY,
        recipe: Recipe::Absent,
        #[cfg(feature = "axum")]
        port: None,
        exception: None,
        module: None,
        on_demand: &[],
        dependencies: &[],
    };

    pub(crate) const fn made(recipe: Recipe, dependencies: &'static [Dependency]) -> Self {
        Self { recipe, dependencies, ..Self::ABSENT }
    }

    pub(crate) fn is_present(&self) -> bool {
        self.recipe != Recipe::Absent
    }

    /// Returns whether the container has a value of the field.
    pub(crate) fn is_built(&self) -> bool {
        !matches!(self.recipe, Recipe::Absent | Recipe::PerRequest)
    }
}

/// Writes `name: Type`, as the field is declared.
impl fmt::Display for FieldNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

/// Calls `found` with the number of every field that `dependencies` reach, directly or through components
/// built in place.
pub(crate) fn for_each_field(dependencies: &[Dependency], found: &mut impl FnMut(usize)) {
    for dependency in dependencies {
        match dependency.node {
            Node::Field(field) | Node::InModule(field, _) => found(field),
            Node::Component(component) => for_each_field(component.dependencies, found),
        }
    }
}
