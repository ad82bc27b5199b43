//! Scope of one request: its values, its resources, and its end.

#![allow(clippy::result_large_err, reason = "the error that ends a request is its response")]

mod background;
mod body;
mod closing;
mod guard;
mod last_parameter;
mod layer;
mod overrides;
mod provider;
mod run;
mod strategy;
mod tasks;
mod teardown;
mod uncached;

use std::{
    any::{Any, TypeId, type_name},
    collections::HashSet,
    sync::{
        Arc, Mutex, MutexGuard, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
};

use axum::{
    http::{Extensions, StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};

#[cfg(feature = "sqlx")]
pub(crate) use self::strategy::{cache, cached};
pub use self::{
    background::BackgroundTasks,
    last_parameter::{BodyParameter, LastParameter, OfParts, OfRequest},
    layer::{RequestScopeLayer, RequestScopeService},
    provider::{OneRequest, Outlives, Provided, Provider, Provision, Reject, optional, resolve},
    run::{RequestScope, ScopeError},
    strategy::{Cached, Lookup, PerDependent, Resource, Strategy},
    tasks::{DrainError, Tasks},
    teardown::{Outcome, Teardown},
    uncached::Uncached,
};
use self::{
    background::QueuedTask,
    closing::{DeferredWork, OpenResource, close},
};
pub(crate) use self::{
    guard::{Completion, ScopeGuard},
    overrides::Overrides,
};
use crate::{
    boxed::{BoxError, BoxFuture},
    panic::panic_message,
    problem::Problem,
};

/// Handle on the scope of a request.
#[derive(Clone)]
pub(crate) struct Scope(Arc<Inner>);

/// Scope in the extensions of its request.
///
/// A clone is empty: the values of a request belong to it alone, and copied parts of the request may become
/// another request.
struct Entered(Option<Scope>);

impl Clone for Entered {
    fn clone(&self) -> Self {
        Self(None)
    }
}

struct Inner {
    overrides: Option<Arc<Overrides>>,
    tasks: Tasks,
    /// The types of the values that the endpoint uses; `None` if they are unknown.
    #[cfg_attr(not(feature = "sqlx"), allow(dead_code, reason = "transactions read it"))]
    requested_types: Option<Arc<HashSet<TypeId>>>,
    /// Whether all parameters of the handler are extracted. The handler then owns what is left of the
    /// request, and may send it to another router.
    is_sealed: AtomicBool,
    state: Mutex<ScopeState>,
}

/// Values of the request, and work that remains when it ends.
#[derive(Default)]
struct ScopeState {
    /// Cached values, by type.
    values: Extensions,
    /// In the order in which they were opened.
    resources: Vec<OpenResource>,
    queued: Vec<QueuedTask>,
    /// Whether the request succeeded; `None` before its end.
    succeeded: Option<bool>,
}

impl Scope {
    fn new(
        overrides: Option<Arc<Overrides>>,
        tasks: Tasks,
        requested_types: Option<Arc<HashSet<TypeId>>>,
    ) -> Self {
        Self(Arc::new(Inner {
            overrides,
            tasks,
            requested_types,
            is_sealed: AtomicBool::new(false),
            state: Mutex::default(),
        }))
    }

    /// Makes this the scope of the request with these extensions.
    pub(crate) fn enter(&self, extensions: &mut Extensions) {
        extensions.insert(Entered(Some(self.clone())));
    }

    /// Removes the scope of an outer request, whose parts were sent on.
    pub(crate) fn leave(extensions: &mut Extensions) {
        if !extensions.is_empty() {
            extensions.remove::<Entered>();
        }
    }

    /// Returns the scope of the request with these extensions.
    #[inline]
    pub(crate) fn of(extensions: &Extensions) -> Option<&Self> {
        let Entered(scope) = extensions.get()?;
        scope.as_ref().filter(|scope| !scope.0.is_sealed.load(Ordering::Relaxed))
    }

    /// Ends the extraction: the scope is no longer found in the extensions of its request.
    pub(crate) fn seal(&self) {
        self.0.is_sealed.store(true, Ordering::Relaxed);
    }

    /// Returns the cached value.
    #[inline]
    fn value<T: Clone + Send + Sync + 'static>(&self) -> Option<T> {
        self.lock().values.get().cloned()
    }

    /// Caches a clone of `value` for other dependents.
    fn keep<T: Clone + Send + Sync + 'static>(&self, value: &T) {
        let value = value.clone();
        let mut state = self.lock();
        if state.succeeded.is_none() {
            state.values.insert(value);
        }
    }

    /// Creates the scope of a request that has ended with a success.
    fn ended(tasks: Tasks) -> Self {
        let scope = Self::new(None, tasks, None);
        scope.lock().succeeded = Some(true);
        scope
    }

    fn lock(&self) -> MutexGuard<'_, ScopeState> {
        self.0.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns whether the endpoint uses a `T`, now or later. If its types are unknown, it might.
    #[cfg(feature = "sqlx")]
    pub(crate) fn requests<T: 'static>(&self) -> bool {
        self.0.requested_types.as_ref().is_none_or(|types| types.contains(&TypeId::of::<T>()))
    }

    /// Returns the task tracker of the application.
    #[cfg(feature = "sqlx")]
    pub(crate) fn tasks(&self) -> Tasks {
        self.0.tasks.clone()
    }

    /// Registers `resource`, which is closed when the request ends.
    fn open<T: Teardown>(&self, resource: T, until_body: bool) {
        self.open_with::<T>(until_body, |outcome| {
            Box::pin(async move { resource.teardown(outcome).await.map_err(Into::into) })
        });
    }

    /// Registers `teardown` for a resource of type `T`; it is called when the request ends.
    pub(crate) fn open_with<T>(
        &self,
        until_body: bool,
        teardown: impl FnOnce(Outcome) -> BoxFuture<'static, Result<(), BoxError>> + Send + 'static,
    ) {
        let resource = OpenResource { name: type_name::<T>(), until_body, close: Box::new(teardown) };
        let mut state = self.lock();
        if state.succeeded.is_none() {
            state.resources.push(resource);
        } else {
            drop(state);
            // The request has ended: the resource is closed at once.
            let late = close(vec![resource], Outcome::Cancelled);
            self.0.tasks.spawn("late teardown", async { _ = late.await });
        }
    }

    /// Starts `task` after the response, if the request succeeds.
    fn queue(&self, task: QueuedTask) {
        let mut state = self.lock();
        match state.succeeded {
            None => state.queued.push(task),
            Some(true) => {
                drop(state);
                task.start(&self.0.tasks);
            }
            Some(false) => {}
        }
    }

    /// Returns the value that overrides the provider of `T`, in tests.
    #[inline]
    fn overridden<T: 'static>(&self, parts: &Parts) -> Result<Option<T>, Response> {
        match &self.0.overrides {
            Some(overrides) => overrides.get(parts),
            None => Ok(None),
        }
    }

    /// Marks the request as ended, and returns the remaining work. Resources that are opened later close at
    /// once.
    fn end(&self, outcome: Outcome) -> DeferredWork {
        let mut state = self.lock();
        state.succeeded = Some(outcome.is_success());
        // Dropped after the lock is released.
        let _values = std::mem::take(&mut state.values);
        let queued = std::mem::take(&mut state.queued);
        DeferredWork {
            resources: std::mem::take(&mut state.resources),
            queued: if outcome.is_success() { queued } else { Vec::new() },
        }
    }
}

/// Logs a panic, and returns the response of the request.
pub(crate) fn panicked(panic: &(dyn Any + Send)) -> Response {
    tracing::error!(panic = panic_message(panic), "a request panicked");
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}

/// Logs that a `T` is extracted outside of a request scope, and returns the response.
pub(crate) fn outside_of_scope<T>() -> Response {
    tracing::error!(
        "`{}` needs a request scope, and there is none: endpoints open one; put `inject_runtime::RequestScopeLayer` around plain axum routes",
        type_name::<T>(),
    );
    Problem::new(StatusCode::INTERNAL_SERVER_ERROR).into_response()
}
