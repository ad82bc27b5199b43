//! Tasks that run after the response.

use std::{borrow::Cow, fmt, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use crate::{
    extract::{NativeNow, extract_native},
    frame::{Provision, Queue, QueuedTask, RequestContext, Tasks, outside_of_scope},
    layer::{Common, Layered},
    metadata::{Describable, Origin, ParameterKind},
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
pub struct BackgroundTasks(Arc<Queue>);

impl BackgroundTasks {
    /// Creates a handle without a request, for jobs, command-line tools and guard tests: tasks start at
    /// once, on `tasks`.
    #[must_use]
    pub fn detached(tasks: &Tasks) -> Self {
        Self(Arc::new(Queue::started(tasks.clone())))
    }

    /// Adds a task. Its name appears in the log, and in the [`DrainError`](crate::DrainError) of a shutdown
    /// that aborts it.
    pub fn add(&self, name: impl Into<Cow<'static, str>>, task: impl Future<Output = ()> + Send + 'static) {
        self.0.add(QueuedTask { name: name.into(), task: Box::pin(task) });
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
        Ok(extract_native(parts, &Arc::new(()))?)
    }
}

impl<C> NativeNow<C> for BackgroundTasks {
    fn extract_now(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        context.frame.queue().map(Self).ok_or_else(outside_of_scope::<Self>)
    }
}

impl Describable for BackgroundTasks {
    const KIND: ParameterKind = ParameterKind::Scoped;
    const ORIGIN: Origin = Origin::Runtime { is_sync: true };
}

impl Layered for BackgroundTasks {
    type Layer = Common;
}
