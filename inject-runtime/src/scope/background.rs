//! Tasks that run after the response.

use std::{borrow::Cow, fmt};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::{Scope, Tasks, outside_of_scope};
use crate::{
    boxed::BoxFuture,
    layer::{Common, Layered},
    metadata::{Describable, ParameterKind},
};

/// Extractor that adds tasks to run after the response.
///
/// The tasks start when the response has been passed to the server, or when the client disconnects before
/// that, provided that the status of the handler's response is below 400 and all teardowns succeed.
/// Otherwise they are dropped. Shutdown waits for them: see [`Tasks`].
///
/// ```
/// use inject_runtime::{BackgroundTasks, Routes, container, post, routes};
///
/// #[post("/users", public)]
/// pub async fn sign_up(tasks: BackgroundTasks) -> &'static str {
///     tasks.add("welcome mail", async { /* .. */ });
///     "welcome"
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![sign_up]
/// }
/// ```
#[derive(Clone)]
pub struct BackgroundTasks(Scope);

impl BackgroundTasks {
    /// Creates a handle without a request, for jobs, command-line tools and guard tests: tasks start at
    /// once, on `tasks`.
    #[must_use]
    pub fn detached(tasks: &Tasks) -> Self {
        Self(Scope::ended(tasks.clone()))
    }

    /// Adds a task. Its name appears in the log, and in the [`DrainError`](crate::DrainError) of a shutdown
    /// that aborts it.
    pub fn add(&self, name: impl Into<Cow<'static, str>>, task: impl Future<Output = ()> + Send + 'static) {
        self.0.queue(QueuedTask { name: name.into(), task: Box::pin(task) });
    }
}

impl fmt::Debug for BackgroundTasks {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("BackgroundTasks").finish_non_exhaustive()
    }
}

impl<S: Sync> FromRequestParts<S> for BackgroundTasks {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        match Scope::of(&parts.extensions) {
            Some(scope) => Ok(Self(scope.clone())),
            None => Err(outside_of_scope::<Self>()),
        }
    }
}

impl Describable for BackgroundTasks {
    const KIND: ParameterKind = ParameterKind::Scoped;
}

impl Layered for BackgroundTasks {
    type Layer = Common;
}

/// Task that waits for the end of its request.
pub(super) struct QueuedTask {
    name: Cow<'static, str>,
    task: BoxFuture<'static, ()>,
}

impl QueuedTask {
    pub(super) fn start(self, tasks: &Tasks) {
        tasks.start(self.name, self.task);
    }
}
