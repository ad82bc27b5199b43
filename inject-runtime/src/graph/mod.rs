//! The dependency graph: constant data that the compiler checked, and pictures of it.

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
    ComponentNode, Dependency, DependencyOf, FieldNode, LayerOf, Node, Recipe, Unlayered, reject_layer,
};
#[cfg(feature = "axum")]
pub use node::{NodeOf, NotProvided};
pub use view::{Edge, EdgeKind, Vertex, View};

use crate::{container::Container, injectable::Injectable};

pub use crate::location::Location;

/// The dependency graph of a container.
///
/// [`App::graph()`](macro@crate::container#the-graph) returns it. The fields of the container are in it, and what they are built
/// from; components that are only injected elsewhere, such as those of handlers, are added with [`with`](Self::with).
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
    /// With their whole paths.
    #[cfg(feature = "axum")]
    pub(crate) endpoints: Vec<(&'static crate::metadata::EndpointSpec, String)>,
    of: PhantomData<fn() -> C>,
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

    /// Adds component `T`, and what it depends on.
    #[must_use]
    pub fn with<T: Injectable<C>>(mut self) -> Self {
        self.roots.push(T::NODE);
        self
    }

    /// Adds what is known of components, for where the graph has them without their dependencies; no component is added to it. For the
    /// inspector, which finds the components in the sources.
    #[doc(hidden)]
    #[cfg(feature = "axum")]
    #[must_use]
    pub fn with_nodes(mut self, components: impl IntoIterator<Item = Option<Node>>) -> Self {
        self.known.extend(components.into_iter().flatten());
        self
    }

    /// The name of the container.
    #[must_use]
    pub fn container(&self) -> &'static str {
        self.container
    }

    /// Where the container is declared.
    #[must_use]
    pub fn location(&self) -> Location {
        self.location
    }

    /// The graph with its components resolved to vertices and edges, in a stable order.
    #[must_use]
    pub fn view(&self) -> View {
        View::of(self)
    }

    /// A [Mermaid](https://mermaid.js.org) flowchart, layers as subgraphs.
    #[must_use]
    pub fn to_mermaid(&self) -> String {
        self.view().to_mermaid()
    }

    /// A [Graphviz](https://graphviz.org) digraph, layers as clusters.
    #[must_use]
    pub fn to_dot(&self) -> String {
        self.view().to_dot()
    }

    /// A JSON document: `container`, `declared_at`, `start_order`, `vertices` and `edges`.
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

/// How long a component lives, and what it is built from.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum Scope {
    /// Built from the container alone.
    Container,
    /// Built from a request, and gone with it.
    Request,
}

impl Scope {
    /// The name in pictures.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Container => "container",
            Self::Request => "request",
        }
    }
}
