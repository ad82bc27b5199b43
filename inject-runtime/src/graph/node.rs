//! What expansions leave behind of components and fields: constants, of which the compiler makes the start order.

use std::{any::TypeId, fmt, marker::PhantomData};

use super::{EdgeKind, Location, Scope};
use crate::{
    container::Container,
    injectable::Injectable,
    layer::{Layer, Layered, MayDependOn},
};

/// Where a value stands in a graph: a field of the container, or a component that is built on the spot.
///
/// A field is a number and not a reference to what it is built from: that keeps the tree of components finite, and
/// cyclic graphs representable, so that they can be reported.
#[derive(Clone, Copy, Debug)]
pub enum Node {
    /// The field of that number.
    Field(usize),
    /// A component, with its own dependencies below it.
    Component(&'static ComponentNode),
}

/// A component, as its stereotype describes it.
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
    /// The node of component `T`, which is declared where this is called.
    #[must_use]
    #[track_caller]
    pub const fn new<T: Layered + 'static>(name: &'static str, dependencies: &'static [Dependency]) -> Self {
        Self {
            name,
            id: TypeId::of::<T>(),
            layer: <T::Layer as Layer>::NAME,
            scope: Scope::Container,
            location: Location::here(),
            dependencies,
        }
    }
}

/// An edge of the graph, as the dependent declares it.
#[derive(Clone, Copy, Debug)]
pub struct Dependency {
    pub(crate) name: Option<&'static str>,
    pub(crate) node: Node,
    pub(crate) kind: EdgeKind,
}

/// A dependency that obeys the layers: `Self` can be injected into the layer `L` of container `C`.
///
/// Expansions read [`EDGE`](Self::EDGE) of each field, and rustc reports what does not hold at the type of the field. Where that
/// is [`Layered`], it cannot name the layer and falls back to this trait, whose message is therefore about that.
#[diagnostic::on_unimplemented(
    message = "`{Self}` belongs to no layer",
    label = "this dependency has no layer",
    note = "[inject/unlayered] a type of your own: put `#[service]`, `#[repository]`, `#[infrastructure]` or `#[common]` on it",
    note = "a type of another crate: put `#[external]` on the field; not a dependency: `#[init]` or `#[init(..)]`"
)]
pub trait DependencyOf<L, C: Container>: Injectable<C> {
    /// The edge.
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
    /// `#[layering(allow, reason = "..")]`: a dependency on a layer that the rules forbid.
    #[must_use]
    pub const fn excepted(node: Node, reason: &'static str) -> Self {
        Self { name: None, node, kind: EdgeKind::Excepted { reason } }
    }

    /// `#[external]`: a dependency on a type without a layer.
    #[must_use]
    pub const fn external(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::External }
    }

    /// The same edge, called after the field or parameter that holds the dependency.
    #[must_use]
    pub const fn named(self, name: &'static str) -> Self {
        Self { name: Some(name), ..self }
    }

    /// What a field of the container is built from.
    pub(crate) const fn built(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::Built }
    }

    /// A parameter of a factory.
    pub(crate) const fn parameter(node: Node) -> Self {
        Self { name: None, node, kind: EdgeKind::Parameter }
    }
}

/// A field of a container, as data.
#[derive(Clone, Copy, Debug)]
pub struct FieldNode {
    pub(crate) name: &'static str,
    pub(crate) ty: &'static str,
    /// Of the type that is injected: of the qualified one, where there is a qualifier.
    #[cfg_attr(not(feature = "axum"), allow(dead_code))]
    // it is what parameters of endpoints are found by
    pub(crate) id: TypeId,
    pub(crate) layer: Option<&'static str>,
    pub(crate) qualifier: Option<&'static str>,
    pub(crate) location: Location,
    pub(crate) recipe: Recipe,
    pub(crate) dependencies: &'static [Dependency],
}

/// Rejects `#[external]` on a dependency whose type has a layer, in a constant.
///
/// rustc leaves `#[track_caller]` functions out of the frames that it prints, and underlines the call.
///
/// # Panics
///
/// The type has a layer.
#[track_caller]
pub const fn reject_layer(name: Option<&'static str>) {
    assert!(
        name.is_none(),
        "this type has a layer, which `#[external]` would waive: remove the attribute, or say why with `#[layering(allow, reason = \"..\")]` [inject/layer]"
    );
}

/// The layer of `T`, if it has one. For a type that is [`Layered`], `LayerOf::<T>::NAME` is the constant below; for one that
/// is not, it is that of [`Unlayered`], which must be in scope: an associated constant of the type goes before one of a trait.
pub struct LayerOf<T: ?Sized>(PhantomData<T>);

impl<T: ?Sized + Layered> LayerOf<T> {
    /// The name of the layer.
    pub const NAME: Option<&'static str> = Some(<T::Layer as Layer>::NAME);
}

/// See [`LayerOf`].
pub trait Unlayered {
    /// No layer.
    const NAME: Option<&'static str> = None;
}

impl<T: ?Sized> Unlayered for LayerOf<T> {}

/// The node of `T` in container `C`, if that provides a `T`: told as [`LayerOf`] tells whether there is a layer.
#[cfg(feature = "axum")]
pub struct NodeOf<T, C>(PhantomData<(T, C)>);

#[cfg(feature = "axum")]
impl<T: Injectable<C>, C: Container> NodeOf<T, C> {
    /// The node.
    pub const NODE: Option<Node> = Some(T::NODE);
}

/// See [`NodeOf`].
#[cfg(feature = "axum")]
pub trait NotProvided {
    /// No node.
    const NODE: Option<Node> = None;
}

#[cfg(feature = "axum")]
impl<T, C> NotProvided for NodeOf<T, C> {}

/// How a field of a container comes by its value.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Recipe {
    /// Handed in by `main`.
    Input,
    /// Made by the function of that name.
    Factory(&'static str),
    /// Bound to one implementation or several.
    Binding,
    /// Built by the wiring of the component.
    Component,
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
        dependencies: &[],
    };

    pub(crate) const fn made(recipe: Recipe, dependencies: &'static [Dependency]) -> Self {
        Self { recipe, dependencies, ..Self::ABSENT }
    }

    pub(crate) fn is_present(&self) -> bool {
        self.recipe != Recipe::Absent
    }
}

/// `name: Type`, as the field is declared.
impl fmt::Display for FieldNode {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: {}", self.name, self.ty)
    }
}

/// Calls `found` with the number of every field that `dependencies` lead to, through components built on the spot.
pub(crate) fn for_each_field(dependencies: &[Dependency], found: &mut impl FnMut(usize)) {
    for dependency in dependencies {
        match dependency.node {
            Node::Field(field) => found(field),
            Node::Component(component) => for_each_field(component.dependencies, found),
        }
    }
}
