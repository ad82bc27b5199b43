//! Builder of routes.

use std::{cell::Cell, convert::Infallible, fmt, marker::PhantomData, mem, sync::Arc};

use axum::{Router, extract::Request, http::request::Parts, response::IntoResponse, routing::Route};
use tower_layer::Layer;
use tower_service::Service;

use super::{
    ProviderOverride,
    assemble::{apply, build_router},
    check::mistakes,
    endpoint::{Endpoint, Entry},
    guard::Guard,
    hold_and_wait,
    path::check_prefix,
    service::RouteContext,
    table::RouteTable,
    tree::{Item, Mapping, is_nothing_guarded, is_nothing_layered, place_plain_routers},
};
use crate::{
    access::{Requirement, Role},
    container::{SharedContainer, ports},
    extract::Parameter,
    frame::{Overrides, Tasks},
    location::Location,
    metadata::{GuardExtractor, Ports},
};

/// Collection of endpoints for an application with container `C`, with their guards and layers. The macro
/// [`routes!`](crate::routes) creates it.
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
    pub(super) items: Vec<Item<C>>,
    overrides: Overrides,
    tasks: Tasks,
    pub(super) mappings: Vec<Mapping>,
}

impl<C> Default for Routes<C> {
    fn default() -> Self {
        Self {
            items: Vec::new(),
            overrides: Overrides::default(),
            tasks: Tasks::default(),
            mappings: Vec::new(),
        }
    }
}

impl<C: SharedContainer> Routes<C> {
    /// Creates an empty set of routes.
    #[must_use]
    pub fn new() -> Self {
        Self::default()
    }

    #[track_caller]
    pub(super) fn add<E: Endpoint<C, M>, M>(&mut self, _: PhantomData<E>) {
        let added_at = Location::here();
        self.items.push(Item::Endpoint { endpoint: Entry::of::<E, M>(), added_at });
    }

    /// Nests `routes` under a prefix, with their guards, layers, mappings and overrides. Handlers receive the full
    /// path, including the prefix.
    ///
    /// The prefix may have parameters: `/shops/{shop}`.
    ///
    /// # Panics
    ///
    /// If the prefix is not of the form `/some/path`.
    #[must_use]
    #[track_caller]
    pub fn nest(mut self, prefix: &str, routes: Self) -> Self {
        if let Err(reason) = check_prefix(prefix) {
            panic!("{reason}: {prefix:?} [inject/endpoint]");
        }
        let nested_at = Location::here();
        let items = self.take_over(routes, nested_at);
        self.items.push(Item::Nested { prefix: prefix.to_owned(), nested_at, items });
        self
    }

    /// Merges other routes, with their guards, layers, mappings and overrides, or a plain axum [`Router`] over the
    /// same container.
    ///
    /// The handlers of a plain router run in a request scope. Guards and layers that are added later apply to
    /// them.
    #[must_use]
    #[track_caller]
    pub fn merge(mut self, routes: impl Into<Self>) -> Self {
        let items = self.take_over(routes.into(), Location::here());
        self.items.extend(items);
        self
    }

    /// Takes over the overrides, tasks and mappings of other routes. Returns their items.
    fn take_over(&mut self, routes: Self, place: Location) -> Vec<Item<C>> {
        let Self { mut items, overrides, tasks, mappings } = routes;
        self.overrides.merge(overrides);
        tasks.forward_to(&self.tasks);
        place_plain_routers(&mut items, place);
        if mappings.is_empty() { items } else { vec![Item::Mapped { mappings, items }] }
    }

    /// Adds a tower layer around the routes added so far.
    ///
    /// # Panics
    ///
    /// If no routes were added so far. The layer would apply to none: routes that are added later are outside of it.
    #[must_use]
    #[track_caller]
    pub fn layer<L>(mut self, layer: L) -> Self
    where
        L: Layer<Route> + Clone + Send + Sync + 'static,
        L::Service: Service<Request> + Clone + Send + Sync + 'static,
        <L::Service as Service<Request>>::Response: IntoResponse + 'static,
        <L::Service as Service<Request>>::Error: Into<Infallible> + 'static,
        <L::Service as Service<Request>>::Future: Send + 'static,
    {
        assert!(
            !is_nothing_layered(&self.items),
            "`layer` applies to the routes added before it, and there are none: add the routes first \
             [inject/endpoint]"
        );
        let items = mem::take(&mut self.items);
        self.items =
            vec![Item::Layered { layer: Box::new(move |router| router.layer(layer.clone())), items }];
        self
    }

    /// Maps the axum router of these routes, to add fallbacks, layers around the fallbacks, or routes with another
    /// state.
    ///
    /// The function receives the router that [`into_router`](Self::into_router) would return, without a prefix. If
    /// the routes are merged or nested, their mapped router is merged or nested, as axum does it: a fallback of
    /// nested routes applies below their prefix.
    ///
    /// Guards do not apply to routes that the function adds, and the route table does not know them. It has a row for
    /// the function.
    ///
    /// ```
    /// # use inject_runtime::{Routes, container, get, routes};
    /// use axum::{Router, http::StatusCode};
    ///
    /// #[get("/books", public)]
    /// pub async fn books() {}
    ///
    /// #[container]
    /// pub struct App {}
    ///
    /// fn api() -> Routes<App> {
    ///     routes![books].map_router(|router: Router| router.fallback(async || StatusCode::NOT_FOUND))
    /// }
    ///
    /// let routes = Routes::new().nest("/api", api());
    /// # let _ = routes;
    /// ```
    #[must_use]
    #[track_caller]
    pub fn map_router(mut self, map: impl FnOnce(Router) -> Router + Send + 'static) -> Self {
        let added_at = Location::here();
        self.mappings.push(Mapping { map: Cell::new(Some(Box::new(map))), added_at });
        self
    }

    /// Sets the realm in the challenges of all responses: of the routes, and of what
    /// [`map_router`](Self::map_router) has added. A challenge that names a realm keeps it. The realm is a
    /// name for the area that the credentials open, which some clients show to their users.
    ///
    /// ```
    /// # use inject_runtime::{Bearer, Routes, container, get, routes};
    /// # use axum::{body::Body, http::Request};
    /// # use tower::ServiceExt as _;
    /// #[get("/orders", authenticated = Bearer)]
    /// pub async fn orders() {}
    ///
    /// # #[container]
    /// # pub struct App {}
    /// fn all() -> Routes<App> {
    ///     routes![orders].realm("shop")
    /// }
    ///
    /// # #[tokio::main]
    /// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
    /// # let router = all().into_router(App::builder().build().await?);
    /// let response = router.oneshot(Request::get("/orders").body(Body::empty())?).await?;
    /// assert_eq!(response.headers()["www-authenticate"], "Bearer realm=\"shop\"");
    /// # Ok(())
    /// # }
    /// ```
    #[cfg(feature = "security")]
    #[must_use]
    pub fn realm(self, realm: impl Into<Arc<str>>) -> Self {
        let layer = crate::credentials::RealmLayer::new(realm);
        self.map_router(|router| router.layer(layer))
    }

    /// Guards the routes added so far, nested ones included, with the extractor `T`: the output of a provider,
    /// credentials such as [`Bearer`](crate::Bearer), or [`Authorized<P>`](crate::Authorized). A provider makes a
    /// guard of any other extractor.
    ///
    /// The guard runs before any other extractor of the request, and can reject the request. Guards that are
    /// added later are outer guards, and run first. A guard does not replace the policy of an endpoint: each
    /// endpoint still declares its own.
    ///
    /// # Panics
    ///
    /// If no routes were added so far. The guard would protect none: routes that are added later are outside of it.
    #[must_use]
    #[track_caller]
    pub fn guard<T: Parameter<C> + GuardExtractor + 'static>(self) -> Self {
        self.guarded("guard", Guard::extractor::<T>())
    }

    /// Guards the routes added so far, nested ones included, with a role check: the principal must have one of
    /// the roles.
    ///
    /// # Panics
    ///
    /// If no routes were added so far, or if there are no roles.
    #[must_use]
    #[track_caller]
    pub fn require_role<R>(self, any_of: impl IntoIterator<Item = R>) -> Self
    where
        R: Role<Principal: Parameter<C>>,
    {
        let any_of: Vec<R> = any_of.into_iter().collect();
        assert!(
            !any_of.is_empty(),
            "`require_role` without roles lets nobody pass: name the roles, one of which is enough \
             [inject/endpoint]"
        );
        self.guarded("require_role", Guard::any_role(any_of))
    }

    /// Guards the routes added so far, nested ones included, with a requirement: the principal must meet it.
    ///
    /// ```
    /// # use std::borrow::Cow;
    /// # use inject_runtime::{Bearer, Permits, Requirement, Routes, container, get, inject, routes};
    /// # pub struct Permission(pub &'static str);
    /// # impl Requirement for Permission {
    /// #     type Principal = CurrentUser;
    /// #     fn name(&self) -> Cow<'static, str> {
    /// #         self.0.into()
    /// #     }
    /// # }
    /// # #[derive(Clone)]
    /// # pub struct CurrentUser;
    /// # impl Permits<Permission> for CurrentUser {
    /// #     fn permits(&self, permission: &Permission) -> bool {
    /// #         permission.0 == "orders:read"
    /// #     }
    /// # }
    /// # #[inject]
    /// # pub fn current_user(_: Bearer) -> CurrentUser {
    /// #     CurrentUser
    /// # }
    /// # #[container]
    /// # pub struct App {}
    /// #[get("/orders", authenticated = CurrentUser)]
    /// pub async fn orders() {}
    ///
    /// fn all() -> Routes<App> {
    ///     let orders = routes![orders];
    ///     orders.require(Permission("orders:read").or(Permission("orders:write")))
    /// }
    /// # let table = all().table();
    /// # assert_eq!(table.rows()[0].checks[0].permissions, ["orders:read", "orders:write"]);
    /// ```
    ///
    /// # Panics
    ///
    /// If there are no routes.
    #[must_use]
    #[track_caller]
    pub fn require<R>(self, requirement: R) -> Self
    where
        R: Requirement<Principal: Parameter<C> + GuardExtractor>,
    {
        self.guarded("require", Guard::requirement(requirement))
    }

    #[track_caller]
    fn guarded(mut self, method: &str, guard: Guard<C>) -> Self {
        assert!(
            !is_nothing_guarded(&self.items),
            "`{method}` guards the routes added before it, and there are none: add the routes first \
             [inject/endpoint]"
        );
        let items = mem::take(&mut self.items);
        self.items = vec![Item::Guarded { guard, items }];
        self
    }

    /// Overrides the provider of `T`, for tests.
    ///
    /// At any depth of the dependencies, a `T` is then the return value of `value`. Neither the provider nor its
    /// own dependencies run. The override applies to this router only: to all of its routes, if the routes are
    /// merged or nested, unless the outer routes override the same provider. `value` returns a `T` or a
    /// `Result<T, E>`, whose error is the response.
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

    /// Returns the tracker of the tasks that requests start. [`serve`](crate::serve) drains it before it shuts
    /// the container down.
    ///
    /// Nested and merged routes use the tracker of the outermost routes, and the trackers that they have returned
    /// become handles on it.
    #[must_use]
    pub fn tasks(&self) -> Tasks {
        self.tasks.clone()
    }

    /// Returns the routes as an axum router over `container`.
    ///
    /// Logs a warning for each endpoint that reaches the pool of its own transaction, through a component that holds it: when requests
    /// hold all connections of the pool, each of them waits for one more.
    ///
    /// # Panics
    ///
    /// If two routes match the same requests, if an endpoint cannot read the parameters of its full path, or if a proof
    /// among the parameters of an endpoint refuses a role that its `#[require_role]` grants. The message has all
    /// mistakes, with the places of the endpoints and prefixes.
    #[track_caller]
    pub fn into_router(mut self, container: Arc<C>) -> Router {
        place_plain_routers(&mut self.items, Location::here());
        let ports = ports::<C>();
        let mistakes = mistakes(&self.items, &ports);
        assert!(mistakes.is_empty(), "{}", mistakes.join("\n"));
        hold_and_wait::warn(&self.items, &ports);
        let overrides = (!self.overrides.is_empty()).then(|| Arc::new(self.overrides));
        let context =
            RouteContext { guards: Vec::new(), arounds: Vec::new(), overrides, ports, tasks: self.tasks };
        let router = build_router(&self.items, &context, &container)
            .and_then(|router| apply(&self.mappings, router.with_state(container)));
        match router {
            Ok(router) => router,
            Err(mistake) => panic!("{mistake}"),
        }
    }
}

/// Adds endpoints to `routes`, for [`routes!`](crate::routes).
#[must_use]
pub fn build_routes<C>(mut routes: Routes<C>, add: impl FnOnce(&mut Routes<C>)) -> Routes<C> {
    add(&mut routes);
    routes
}

impl<C> From<Router<Arc<C>>> for Routes<C> {
    fn from(router: Router<Arc<C>>) -> Self {
        Self { items: vec![Item::Plain { router, added_at: None }], ..Self::default() }
    }
}

impl<C> fmt::Debug for Routes<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Routes")
            .field(&RouteTable::of(&self.items, &self.mappings, &Ports::default()).rows())
            .finish()
    }
}
