//! Endpoints, put together.

use std::{
    fmt::{self, Write as _},
    sync::Arc,
};

use axum::{
    Router,
    extract::Request,
    http::request::Parts,
    middleware::{self, Next},
    response::{IntoResponse, Response},
    routing::{MethodFilter, on_service},
};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    check::{RoleCheck, checks},
    endpoint::{Endpoint, Entry, Guard, Surroundings, extracting, requiring, same_path, scoped},
    parameter::Parameter,
    provider::Provided,
    role::Role,
    scope::Overrides,
    spec::{EndpointSpec, Policy, injected},
    tasks::Tasks,
};
#[cfg(feature = "openapi")]
use crate::openapi::{Mounted, document};
use crate::{
    container::Container,
    graph::{Graph, Location},
};

/// The endpoints of an application with container `C`: what [`routes!`](crate::routes) makes, and what is made of it.
///
/// ```
/// use std::sync::Arc;
/// use inject_runtime::{Routes, container, get, routes};
///
/// #[get("/health", public)]
/// pub async fn health() -> &'static str {
///     "ok"
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     Routes::new().nest("/api/v1", routes![health])
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() {
/// let app = App::builder().build().await.unwrap();
/// let router: axum::Router = all().into_router(app);
/// # let _ = router;
/// assert_eq!(all().table().to_string().lines().last().unwrap().split_whitespace().nth(1), Some("/api/v1/health"));
/// # }
/// ```
pub struct Routes<C> {
    items: Vec<Item<C>>,
    overrides: Overrides,
    tasks: Tasks,
    configure: Vec<Box<dyn FnOnce(Router) -> Router + Send>>,
}

enum Item<C> {
    Endpoint(Entry<C>),
    Plain(Router<Arc<C>>),
    Nested { prefix: String, items: Vec<Item<C>> },
    Guarded { guard: Guard<C>, items: Vec<Item<C>> },
    Layered { layer: Apply<C>, items: Vec<Item<C>> },
}

type Apply<C> = Box<dyn FnOnce(Router<Arc<C>>) -> Router<Arc<C>> + Send>;

impl<C> Default for Routes<C> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            overrides: Overrides::default(),
            tasks: Tasks::default(),
            configure: Vec::new(),
        }
    }
}

impl<C: Container + Send + Sync> Routes<C> {
    /// No routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    /// Adds an endpoint: a line of [`routes!`](crate::routes).
    #[doc(hidden)]
    pub fn add<E: Endpoint<C, M>, M>(&mut self) {
        self.items.push(Item::Endpoint(Entry::of::<E, M>()));
    }

    /// Puts `routes` under a prefix. Handlers see the whole path, prefix included; what guards `routes` goes on guarding them.
    ///
    /// # Panics
    ///
    /// If the prefix is not of the form `/some/path`.
    #[must_use]
    #[track_caller]
    pub fn nest(mut self, prefix: &str, routes: Self) -> Self {
        assert!(
            prefix.starts_with('/') && !prefix.ends_with('/'),
            "a prefix starts with `/` and does not end with one: {prefix:?}"
        );
        self.overrides.merge(routes.overrides);
        self.items.push(Item::Nested { prefix: prefix.to_owned(), items: routes.items });
        self
    }

    /// Adds other routes, or a plain axum [`Router`] over the same container.
    ///
    /// A plain router gets a request scope, as endpoints have one where they need it, and is subject to guards and layers that are
    /// added later.
    #[must_use]
    pub fn merge(mut self, routes: impl Into<Self>) -> Self {
        let routes = routes.into();
        self.overrides.merge(routes.overrides);
        self.items.extend(routes.items);
        self
    }

    /// Puts a tower layer around all routes there are so far.
    #[must_use]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<axum::routing::Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<std::convert::Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        let items = std::mem::take(&mut self.items);
        self.items = vec![Item::Layered { layer: Box::new(|router| router.layer(layer)), items }];
        self
    }

    /// Has the last word about the router that [`into_router`](Self::into_router) makes: fallbacks, routes of another state. Of routes that
    /// are nested or merged, this is forgotten.
    #[must_use]
    pub fn configure(mut self, configure: impl FnOnce(Router) -> Router + Send + 'static) -> Self {
        self.configure.push(Box::new(configure));
        self
    }

    /// Guards all routes there are so far, nested ones included: `T` is extracted before anything else of the request is, and may reject
    /// it. Guards that are added later, further out, come first.
    ///
    /// Endpoints declare their own policy all the same.
    #[must_use]
    pub fn guard<T: Parameter<C> + 'static>(self) -> Self {
        self.guarded(extracting::<T, C>())
    }

    /// Guards all routes there are so far, nested ones included: who makes the request has any of these roles.
    #[must_use]
    pub fn require_role<R>(self, any_of: impl IntoIterator<Item = R>) -> Self
    where
        R: Role<Principal: Parameter<C>>,
    {
        self.guarded(requiring(any_of.into_iter().collect()))
    }

    fn guarded(mut self, guard: Guard<C>) -> Self {
        let items = std::mem::take(&mut self.items);
        self.items = vec![Item::Guarded { guard, items }];
        self
    }

    /// Replaces the provider of `T`, for tests: wherever a `T` is asked for, at any depth, it is what `value` returns, and neither the
    /// provider nor what only it depends on is run. Other routers, also of the same application, are not concerned.
    ///
    /// `value` may return a `T` or a `Result<T, E>`, where the error is the response.
    ///
    /// ```
    /// # use inject_runtime::{Routes, container, get, inject, routes};
    /// #[derive(Clone)]
    /// pub struct Today(String);
    ///
    /// #[inject]
    /// pub fn today() -> Today {
    ///     Today("Tuesday".into())
    /// }
    ///
    /// #[get("/today", public)]
    /// pub async fn show(today: Today) -> String {
    ///     today.0
    /// }
    ///
    /// #[container]
    /// pub struct App {}
    ///
    /// fn all() -> Routes<App> {
    ///     routes![show]
    /// }
    ///
    /// let routes = all().override_provider(|_| Today("Sunday".into()));
    /// # let _ = routes;
    /// ```
    #[must_use]
    pub fn override_provider<O, T: 'static>(
        mut self,
        value: impl Fn(&Parts) -> O + Send + Sync + 'static,
    ) -> Self
    where
        O: ProviderOverride<T>,
    {
        self.overrides.set(move |parts| value(parts).into_override());
        self
    }

    /// The tasks that requests leave behind: drain them before the container is shut down. [`serve`](crate::serve) does.
    ///
    /// Ask the outermost routes: those that are nested or merged leave their tasks to them.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }

    /// The routes as an axum router over `container`.
    ///
    /// # Panics
    ///
    /// As [`Router::route`] and [`Router::merge`] do: if two routes answer the same requests.
    #[track_caller]
    pub fn into_router(self, container: Arc<C>) -> Router {
        assert_no_overlap(&self.table());
        let overrides = (!self.overrides.is_empty()).then(|| Arc::new(self.overrides));
        let surroundings =
            Surroundings { guards: Vec::new(), overrides, tasks: self.tasks, asked_for: Arc::default() };
        let router = assemble(self.items, "", &surroundings, &container).with_state(container);
        self.configure.into_iter().fold(router, |router, configure| configure(router))
    }

    /// The routes as data: method, path, handler, policy, and what is injected.
    #[must_use]
    pub fn table(&self) -> RouteTable {
        self.listed()
    }

    /// The OpenAPI document of the endpoints: what they take, whom they let in, and what they answer.
    ///
    /// What the endpoints do not say is for the caller to add: the title and the version of the API, its servers. Plain axum routers that were
    /// merged are not in it: axum does not say what is in them.
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
    /// document.info = utoipa::openapi::Info::new("Books", "1.0.0");
    ///
    /// let document = serde_json::to_value(&document)?;
    /// assert_eq!(document["paths"]["/health"]["get"]["summary"], "Whether the service is up.");
    /// # Ok::<_, serde_json::Error>(())
    /// ```
    #[cfg(feature = "openapi")]
    #[must_use]
    pub fn openapi(&self) -> utoipa::openapi::OpenApi {
        fn mount<'a, C>(
            items: &'a [Item<C>],
            prefix: &str,
            guards: &mut Vec<&'a Guard<C>>,
            mounted: &mut Vec<Mounted<'a>>,
        ) {
            for item in items {
                match item {
                    Item::Endpoint(Entry { spec, .. }) if spec.documentation.is_hidden => {}
                    Item::Endpoint(Entry { spec, .. }) => mounted.push(Mounted {
                        spec,
                        path: joined(prefix, spec.path),
                        guards: guards.iter().map(|it| (it.spec, it.roles.as_deref())).collect(),
                    }),
                    Item::Plain(_) => {}
                    Item::Nested { prefix: inner, items } => {
                        mount(items, &format!("{prefix}{inner}"), guards, mounted);
                    }
                    Item::Guarded { guard, items } => {
                        guards.push(guard);
                        mount(items, prefix, guards, mounted);
                        guards.pop();
                    }
                    Item::Layered { items, .. } => mount(items, prefix, guards, mounted),
                }
            }
        }
        let mut mounted = Vec::new();
        mount(&self.items, "", &mut Vec::new(), &mut mounted);
        document(&mounted)
    }

    /// The dependency graph of the container, with the endpoints, the providers and request-scoped components that they ask for, and
    /// what those take from the container.
    ///
    /// A component that is built on the spot, and for providers and request-scoped components alone, is in it without its own
    /// dependencies, which [`Graph::with`] adds.
    #[must_use]
    pub fn graph(&self) -> Graph<C> {
        fn add<C>(items: &[Item<C>], prefix: &str, graph: &mut Graph<C>) {
            for item in items {
                match item {
                    Item::Endpoint(entry) => {
                        graph.roots.extend(entry.injected);
                        graph.endpoints.push((entry.spec, joined(prefix, entry.spec.path)));
                    }
                    Item::Plain(_) => {}
                    Item::Nested { prefix: inner, items } => {
                        add(items, &format!("{prefix}{inner}"), graph);
                    }
                    Item::Guarded { items, .. } | Item::Layered { items, .. } => add(items, prefix, graph),
                }
            }
        }
        let mut graph = C::GRAPH;
        add(&self.items, "", &mut graph);
        graph
    }
}

impl<C> Routes<C> {
    fn listed(&self) -> RouteTable {
        let mut table = RouteTable { rows: Vec::new(), plain_routers: Vec::new() };
        list(&self.items, "", &mut Vec::new(), &mut table);
        table
    }
}

/// What [`routes!`](crate::routes) calls.
#[must_use]
pub fn assembled<C>(mut routes: Routes<C>, add: impl FnOnce(&mut Routes<C>)) -> Routes<C> {
    add(&mut routes);
    routes
}

impl<C> From<Router<Arc<C>>> for Routes<C> {
    fn from(router: Router<Arc<C>>) -> Self {
        Self { items: vec![Item::Plain(router)], ..Self::default() }
    }
}

impl<C> fmt::Debug for Routes<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Routes").field(&self.listed().rows).finish()
    }
}

/// What a provider may be overridden with: its output, or a result of it.
#[diagnostic::on_unimplemented(
    message = "no provider returns `{Self}`",
    label = "this overrides nothing",
    note = "[inject/override] return the output of the provider that is to be replaced, `T` or `Result<T, E>`"
)]
pub trait ProviderOverride<T> {
    #[doc(hidden)]
    fn into_override(self) -> Result<T, Response>;
}

impl<T: Provided> ProviderOverride<T> for T {
    fn into_override(self) -> Result<T, Response> {
        Ok(self)
    }
}

impl<T: Provided, E: IntoResponse> ProviderOverride<T> for Result<T, E> {
    fn into_override(self) -> Result<T, Response> {
        self.map_err(IntoResponse::into_response)
    }
}

fn assemble<C: Container + Send + Sync>(
    items: Vec<Item<C>>,
    prefix: &str,
    surroundings: &Surroundings<C>,
    container: &Arc<C>,
) -> Router<Arc<C>> {
    let mut router = Router::new();
    for item in items {
        router = match item {
            Item::Endpoint(entry) => {
                let service = entry.service(surroundings, container);
                router.route(&joined(prefix, entry.spec.path), on_service(filter(entry.spec.method), service))
            }
            Item::Plain(plain) => {
                let plain = in_scope(plain, surroundings, container);
                if prefix.is_empty() { router.merge(plain) } else { router.nest(prefix, plain) }
            }
            Item::Nested { prefix: inner, items } => {
                router.merge(assemble(items, &format!("{prefix}{inner}"), surroundings, container))
            }
            Item::Guarded { guard, items } => {
                let mut surroundings = surroundings.clone();
                surroundings.guards.push(guard);
                router.merge(assemble(items, prefix, &surroundings, container))
            }
            Item::Layered { layer, items } => {
                router.merge(layer(assemble(items, prefix, surroundings, container)))
            }
        };
    }
    router
}

/// A plain router, with a scope around its handlers.
fn in_scope<C: Container + Send + Sync>(
    router: Router<Arc<C>>,
    surroundings: &Surroundings<C>,
    container: &Arc<C>,
) -> Router<Arc<C>> {
    let (surroundings, container) = (Arc::new(surroundings.clone()), Arc::clone(container));
    router.layer(middleware::from_fn(move |request: Request, next: Next| {
        scoped(Arc::clone(&surroundings), request, Arc::clone(&container), |request, _| next.run(request))
    }))
}

fn filter(method: &str) -> MethodFilter {
    match method {
        "CONNECT" => MethodFilter::CONNECT,
        "DELETE" => MethodFilter::DELETE,
        "HEAD" => MethodFilter::HEAD,
        "OPTIONS" => MethodFilter::OPTIONS,
        "PATCH" => MethodFilter::PATCH,
        "POST" => MethodFilter::POST,
        "PUT" => MethodFilter::PUT,
        "TRACE" => MethodFilter::TRACE,
        // The macros accept no other.
        _ => MethodFilter::GET,
    }
}

fn joined(prefix: &str, path: &str) -> String {
    if prefix.is_empty() || path != "/" { format!("{prefix}{path}") } else { prefix.to_owned() }
}

fn list<'a, C>(items: &'a [Item<C>], prefix: &str, guards: &mut Vec<&'a Guard<C>>, table: &mut RouteTable) {
    for item in items {
        match item {
            Item::Endpoint(entry) => table.rows.push(RouteInfo::of(entry.spec, prefix, guards)),
            Item::Plain(_) => table.plain_routers.push(format!("{prefix}/")),
            Item::Nested { prefix: inner, items } => list(items, &format!("{prefix}{inner}"), guards, table),
            Item::Guarded { guard, items } => {
                guards.push(guard);
                list(items, prefix, guards, table);
                guards.pop();
            }
            Item::Layered { items, .. } => list(items, prefix, guards, table),
        }
    }
}

#[track_caller]
fn assert_no_overlap(table: &RouteTable) {
    for (index, row) in table.rows.iter().enumerate() {
        let same = |other: &&RouteInfo| {
            other.method == row.method && same_path(other.path.as_bytes(), row.path.as_bytes())
        };
        if let Some(other) = table.rows[..index].iter().find(same) {
            panic!(
                "`{}` ({}) and `{}` ({}) both answer {} {}",
                row.handler, row.location, other.handler, other.location, row.method, row.path,
            );
        }
    }
}

/// The endpoints of [`Routes`], as data: see [`Routes::table`]. `Display` prints them in columns.
///
/// Plain axum routers that were merged are not in it: axum does not say what is in them.
#[derive(Clone, Debug)]
pub struct RouteTable {
    rows: Vec<RouteInfo>,
    plain_routers: Vec<String>,
}

/// One endpoint of a [`RouteTable`].
#[derive(Clone, Debug)]
#[non_exhaustive]
pub struct RouteInfo {
    /// `GET`
    pub method: &'static str,
    /// With the prefixes of nested routes.
    pub path: String,
    /// The name of the function.
    pub handler: &'static str,
    /// Its module.
    pub module: &'static str,
    /// Who may call it.
    pub policy: Policy,
    /// The guards of the routes that it is in, outermost first, as types.
    pub guards: Vec<&'static str>,
    /// What is asked of roles, by guards, by the policy, and by proofs among the parameters: each of it has to be met.
    pub checks: Vec<RoleCheck>,
    /// What it asks for beside plain extractors: components of the container, what providers return, request-scoped components.
    pub injects: Vec<&'static str>,
    /// Its parameters, as written: name and type.
    pub parameters: Vec<(&'static str, &'static str)>,
    /// Where it is declared.
    pub location: Location,
}

impl RouteInfo {
    fn of<C>(spec: &'static EndpointSpec, prefix: &str, guards: &[&Guard<C>]) -> Self {
        Self {
            method: spec.method,
            path: joined(prefix, spec.path),
            handler: spec.name,
            module: spec.module,
            policy: spec.policy,
            guards: guards.iter().map(|it| it.label).collect(),
            checks: guards.iter().filter_map(|it| it.roles.as_deref().cloned()).chain(checks(spec)).collect(),
            injects: injected(spec.parameters),
            parameters: spec.parameters.iter().map(|it| (it.name, it.ty)).collect(),
            location: spec.location,
        }
    }
}

impl RouteTable {
    /// The endpoints, in the order in which they were put together.
    #[must_use]
    pub fn rows(&self) -> &[RouteInfo] {
        &self.rows
    }

    /// The paths under which plain axum routers were merged, of whose routes nothing is known: `/`, or `/prefix/`.
    #[must_use]
    pub fn plain_routers(&self) -> &[String] {
        &self.plain_routers
    }
}

impl fmt::Display for RouteTable {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        const HEAD: [&str; 5] = ["METHOD", "PATH", "HANDLER", "POLICY", "INJECTS"];
        let cells: Vec<[String; 5]> = self
            .rows
            .iter()
            .map(|row| {
                [
                    row.method.to_owned(),
                    row.path.clone(),
                    row.handler.to_owned(),
                    row.policy.to_string(),
                    row.injects.join(", "),
                ]
            })
            .collect();
        let mut widths = HEAD.map(str::len);
        for row in &cells {
            for (width, cell) in widths.iter_mut().zip(row) {
                *width = (*width).max(cell.chars().count());
            }
        }
        let mut line = |row: [&str; 5]| {
            let mut text = String::new();
            for (cell, width) in row.iter().zip(widths) {
                let _ = write!(text, "{cell:width$}  ");
            }
            writeln!(f, "{}", text.trim_end())
        };
        line(HEAD)?;
        cells.iter().try_for_each(|row| line(row.each_ref().map(String::as_str)))
    }
}
