//! Request scopes that a request opens, for what happens after it: tasks, and messages of a session.

use std::{fmt, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::{ScopeError, Seed, run::Scope};
use crate::{
    boxed::BoxFuture,
    container::{HasContainer, SharedContainer},
    extract::{NativeNow, Parameter, extract_native},
    frame::{Frame, Overrides, Provision, RequestContext, Tasks, outside_of_scope},
    layer::Layered,
    metadata::{Describable, Origin, ParameterKind},
};

/// Extractor that opens request scopes of their own, each with a `T`: for [background
/// tasks](crate::BackgroundTasks::add_scoped), and for the messages of a session.
///
/// A value of a request lives as long as the request: its transaction is committed before the response is sent. What
/// happens later needs values, and a transaction, of its own. A `NewScope<T>` is not a `T`, it is the means to get one:
/// each [`run`](Self::run) extracts a new `T` as a request would, with new resources, which are closed at its end.
///
/// Where the endpoint is mounted, it is proven that the container and the providers have what a `T` depends on. A
/// tuple, `NewScope<(Mailer, Orders)>`, extracts several values.
///
/// # The principal
///
/// The scope has no request, and so no headers and no path. If the access policy of the endpoint, or a guard of its routes,
/// has extracted a principal that a cached provider returns, such as `CurrentUser`, the new scopes have it too, and read
/// no credentials. In an endpoint with another policy, and for all other values of the request, there is
/// [`with`](Self::with).
///
/// ```
/// use inject_runtime::{BackgroundTasks, Bearer, BoxError, NewScope, Routes, container, inject, post, routes, service};
///
/// #[derive(Clone)]
/// pub struct CurrentUser {
///     name: String,
/// }
///
/// #[inject]
/// pub fn current_user(bearer: Bearer) -> CurrentUser {
///     CurrentUser { name: bearer.token().to_owned() }
/// }
///
/// #[service(scope = request)]
/// pub struct Mails {
///     user: CurrentUser,
/// }
///
/// impl Mails {
///     pub async fn welcome(&mut self) -> Result<(), BoxError> {
///         println!("welcome, {}", self.user.name);
///         Ok(())
///     }
/// }
///
/// #[post("/accounts", authenticated = CurrentUser)]
/// pub async fn open_account(tasks: BackgroundTasks, mails: NewScope<Mails>) -> &'static str {
///     tasks.add_scoped("welcome mail", mails, async move |mut mails| mails.welcome().await);
///     "opened"
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![open_account]
/// }
/// ```
#[must_use = "a scope is opened by `run`"]
pub struct NewScope<T> {
    source: Arc<dyn Source<T>>,
    seeds: Overrides,
    /// Those of the application.
    tasks: Tasks,
}

/// Container, without its type.
trait Source<T>: Send + Sync {
    fn extract<'a>(&'a self, parts: &'a mut Parts, frame: &'a mut Frame) -> BoxFuture<'a, Provision<T>>;
}

struct OfContainer<C>(Arc<C>);

impl<C: Send + Sync, T: Parameter<C>> Source<T> for OfContainer<C> {
    fn extract<'a>(&'a self, parts: &'a mut Parts, frame: &'a mut Frame) -> BoxFuture<'a, Provision<T>> {
        let container = &self.0;
        Box::pin(async move { T::extract(&mut RequestContext { parts, container, frame }).await })
    }
}

impl<T> NewScope<T> {
    /// Creates a handle without a request, for the unit test of an endpoint, and for jobs: what its scopes leave runs on
    /// `tasks`.
    pub fn detached<C: Send + Sync + 'static>(container: &Arc<C>, tasks: &Tasks) -> Self
    where
        T: Parameter<C>,
    {
        let source = Arc::new(OfContainer(Arc::clone(container)));
        Self { source, seeds: Overrides::default(), tasks: tasks.clone() }
    }

    /// Passes a value that stands for the provider of its type, as
    /// [`RequestScope::with`](crate::RequestScope::with) does.
    pub fn with<S: Seed + Clone + Send + Sync>(mut self, value: S) -> Self {
        self.seeds.seed(value);
        self
    }

    /// Opens a scope, extracts a `T`, runs `body` with it, and closes the scope, as
    /// [`RequestScope::run`](crate::RequestScope::run) does. It does not wait for background tasks: they start when the
    /// scope is closed, and the shutdown waits for them.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`; or a [`ScopeError`] if an extractor rejected and `body` did not run, or
    /// if a resource could not be closed.
    ///
    /// # Panics
    ///
    /// If `body` panics: when the resources are closed, the panic continues.
    pub async fn run<R, E>(&self, body: impl AsyncFnOnce(T) -> Result<R, E>) -> Result<R, E>
    where
        E: From<ScopeError>,
    {
        let mut scope = Scope::open(self.seeds.clone(), self.tasks.clone());
        let value = self.source.extract(&mut scope.parts, &mut scope.frame).await;
        scope.run(value, body).await
    }
}

impl<T> Clone for NewScope<T> {
    fn clone(&self) -> Self {
        Self { source: Arc::clone(&self.source), seeds: self.seeds.clone(), tasks: self.tasks.clone() }
    }
}

impl<T> fmt::Debug for NewScope<T> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("NewScope").finish_non_exhaustive()
    }
}

impl<S, T> FromRequestParts<S> for NewScope<T>
where
    S: HasContainer,
    T: Parameter<S::Container>,
{
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, Response> {
        Ok(extract_native(parts, state.container())?)
    }
}

impl<C: SharedContainer, T: Parameter<C>> NativeNow<C> for NewScope<T> {
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        let tasks = context.frame.tasks().cloned().ok_or_else(outside_of_scope::<Self>)?;
        Ok(Self { seeds: context.frame.seeds(), ..Self::detached(context.container, &tasks) })
    }
}

impl<T: Describable> Describable for NewScope<T> {
    const KIND: ParameterKind = ParameterKind::NewScope(|| T::KIND);
    const ORIGIN: Origin = Origin::Runtime { is_sync: true };
}

#[diagnostic::do_not_recommend]
impl<T: Layered> Layered for NewScope<T> {
    type Layer = T::Layer;
}
