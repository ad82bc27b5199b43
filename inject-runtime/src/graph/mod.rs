//! Dependency graph: constant data that the compiler has checked, and its renderings.

mod dot;
mod json;
mod mermaid;
mod node;
mod part;
mod view;
mod walk;

use std::{fmt, marker::PhantomData};

pub(crate) use node::for_each_field;
pub use node::{
    ComponentNode, Dependency, DependencyOf, FieldNode, LayerOf, ModuleGraph, Node, Recipe, Unlayered,
    reject_layer,
};
#[cfg(feature = "axum")]
pub use node::{NodeOf, NotProvided};
pub use view::{Edge, EdgeKind, Vertex, View};

#[cfg(feature = "axum")]
use crate::metadata::{AroundSpec, EndpointSpec, ParameterSpec};
use crate::{container::Container, injectable::Injectable};

pub use crate::location::Location;

/// Dependency graph of a container.
///
/// [`App::graph()`](macro@crate::container#the-graph) returns it. It contains the fields of the container
/// and their dependencies. Components that are only injected elsewhere, such as the components of handlers,
/// are added with [`with`](Self::with).
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{container, repository, service};
///
/// #[repository]
/// pub struct Books;
///
/// #[service]
/// pub struct Library {
///     books: Books,
/// }
///
/// #[container]
/// pub struct App {
///     library: Arc<Library>,
/// }
///
/// let mermaid = App::graph().to_mermaid();
/// assert!(mermaid.contains("library --> Books"));
/// ```
pub struct Graph<C> {
    pub(crate) container: &'static str,
    pub(crate) location: Location,
    pub(crate) fields: &'static [FieldNode],
    pub(crate) order: &'static [usize],
    pub(crate) roots: Vec<Node>,
    #[cfg(feature = "axum")]
    pub(crate) known: Vec<Node>,
    #[cfg(feature = "axum")]
    pub(crate) endpoints: Vec<MountedEndpoint>,
    of: PhantomData<fn() -> C>,
}

/// Endpoint with what is around it.
#[cfg(feature = "axum")]
pub(crate) struct MountedEndpoint {
    pub(crate) spec: &'static EndpointSpec,
    /// Full path.
    pub(crate) path: String,
    /// Parameters that the guards extract.
    pub(crate) guards: Vec<ParameterSpec>,
    /// Around functions, outermost first.
    pub(crate) arounds: Vec<&'static AroundSpec>,
}

impl<C: Container> Graph<C> {
    #[doc(hidden)]
    #[must_use]
    #[track_caller]
    pub const fn new(container: &'static str, fields: &'static [FieldNode], order: &'static [usize]) -> Self {
        Self {
            container,
            location: Location::here(),
            fields,
            order,
            roots: Vec::new(),
            #[cfg(feature = "axum")]
            known: Vec::new(),
            #[cfg(feature = "axum")]
            endpoints: Vec::new(),
            of: PhantomData,
        }
    }

    /// Adds component `T` and its dependencies.
    #[must_use]
    pub fn with<T: Injectable<C>>(mut self) -> Self {
        self.roots.push(T::NODE);
        self
    }

    /// Adds the dependencies of components that the graph contains without them. Adds no component. For the
    /// inspector, which finds the components in the sources.
    #[doc(hidden)]
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn with_nodes(mut self, components: impl IntoIterator<Item = Option<Node>>) -> Self {
        self.known.extend(components.into_iter().flatten());
        self
    }

    /// Returns the name of the container.
    #[must_use]
    pub fn container(&self) -> &'static str {
        self.container
    }

    /// Returns the place where the container is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// Returns the vertices and edges of the graph, in a stable order.
    #[must_use]
    pub fn view(&self) -> View {
        View::of(self)
    }

    /// Renders a [Mermaid](https://mermaid.js.org) flowchart, with layers as subgraphs.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.view().to_mermaid()
    }

    /// Renders a [Graphviz](https://graphviz.org) digraph, with layers as clusters.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.view().to_dot()
    }

    /// Renders a JSON document with `container`, `declared_at`, `start_order`, `vertices` and `edges`.
    #[must_use]
    pub fn to_json(&self) -> String {
        self.view().to_json()
    }
}

impl<C> fmt::Debug for Graph<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Graph")
            .field("container", &self.container)
            .field("fields", &self.fields)
            .finish_non_exhaustive()
    }
}

/// Scope of a value: the container, one dependent, or one request.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum Scope {
    /// One for the container.
    Singleton,
    /// One for each dependent.
    Transient,
    /// Built from a request, and dropped with it.
    Request,
}

impl Scope {
    /// Returns the name in renderings.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Singleton => "singleton",
            Self::Transient => "transient",
            Self::Request => "request",
        }
    }
}
