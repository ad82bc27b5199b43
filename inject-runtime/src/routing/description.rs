//! Routes as data: the table, the document and the graph.

#[cfg(feature = "openapi")]
use super::tree::{Visit, walk};
use super::{Routes, table::RouteTable, tree::walk_endpoints};
#[cfg(feature = "openapi")]
use crate::openapi::{DocumentedEndpoint, document};
use crate::{
    container::{SharedContainer, ports},
    graph::{Graph, MountedEndpoint},
};

impl<C: SharedContainer> Routes<C> {
    /// Returns the route table: method, path, handler, policy and dependencies of each endpoint.
    #[must_use]
    pub fn table(&self) -> RouteTable {
        RouteTable::of(&self.items, &self.mappings, &ports::<C>())
    }

    /// Returns the OpenAPI document of the endpoints: parameters, bodies, security and responses.
    ///
    /// The caller adds the data that endpoints do not declare: title, version and servers of the API. What the
    /// document does not describe, such as the routes of plain axum routers, is in
    /// [`Document::undescribed`](crate::openapi::Document::undescribed).
    ///
    /// ```
    /// # use inject_runtime::{Routes, container, get, routes};
    /// /// Whether the service is up.
    /// #[get("/health", public)]
    /// pub async fn health() -> &'static str {
    ///     "ok"
    /// }
    ///
    /// # #[container]
    /// # pub struct App {}
    /// # fn all() -> Routes<App> {
    /// #     routes![health]
    /// # }
    /// let mut document = all().openapi();
    /// assert!(document.undescribed().is_empty(), "{}", document.undescribed());
    /// document.info = utoipa::openapi::Info::new("Books", "1.0.0");
    ///
    /// let document = serde_json::to_value(&document)?;
    /// assert_eq!(document["paths"]["/health"]["get"]["summary"], "Whether the service is up.");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[cfg(feature = "openapi")]
    #[must_use]
    pub fn openapi(&self) -> crate::openapi::Document {
        let (mut endpoints, mut plain_routers) = (Vec::new(), Vec::new());
        walk(&self.items, &mut |step| match step {
            Visit::Endpoint(mounted) if mounted.endpoint.spec.documentation.is_hidden => {}
            Visit::Endpoint(mounted) => {
                let arounds = mounted.arounds().map(|around| around.spec).collect();
                let guards =
                    mounted.at.guards.iter().map(|guard| (guard.spec, &*guard.checks, &*guard.label));
                endpoints.push(DocumentedEndpoint {
                    spec: mounted.endpoint.spec,
                    path: mounted.path,
                    guards: guards.collect(),
                    arounds,
                });
            }
            Visit::PlainRouter { at, .. } => plain_routers.push(format!("{}/*", at.prefix())),
            Visit::EnterLayer | Visit::LeaveLayer(..) | Visit::EnterMappings | Visit::LeaveMappings(..) => {}
        });
        document(&endpoints, plain_routers, &ports::<C>())
    }

    /// Returns the dependency graph of the container and its endpoints.
    ///
    /// The graph also contains the providers and request-scoped components that the endpoints use, and the
    /// components that these take from the container. A component that only providers and request-scoped
    /// components use, and that is built in place, is in the graph without its own dependencies.
    /// [`Graph::with`] adds them.
    #[must_use]
    pub fn graph(&self) -> Graph<C> {
        let mut graph = C::GRAPH;
        walk_endpoints(&self.items, &mut |mounted| {
            graph.roots.extend(mounted.endpoint.injected);
            let guards = mounted.at.guards.iter().filter_map(|guard| guard.spec.parameter);
            let guards = guards.collect();
            graph.roots.extend(mounted.arounds().flat_map(|around| around.injected));
            let arounds = mounted.arounds().map(|around| around.spec).collect();
            graph.endpoints.push(MountedEndpoint {
                spec: mounted.endpoint.spec,
                path: mounted.path,
                guards,
                arounds,
            });
        });
        graph
    }
}
