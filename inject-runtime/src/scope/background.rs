//! Tasks that run after the response.

use std::{borrow::Cow, fmt, sync::Arc};

use axum::{extract::FromRequestParts, http::request::Parts, response::Response};

use super::NewScope;
use crate::{
    boxed::BoxError,
    extract::{NativeNow, extract_native},
    frame::{Provision, Queue, QueuedTask, RequestContext, Tasks, outside_of_scope},
    layer::{Common, Layered},
    metadata::{Describable, Origin, ParameterKind},
    problem::ErrorChain,
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

    /// Adds a task that takes components. It runs in a request scope of its own, which is opened when the task starts:
    /// after the response, and after the commit of the request. [`NewScope`] has an example.
    ///
    /// The task returns nothing or a `Result`. The unit of work of the scope is committed with `Ok`. It is
    /// rolled back with `Err`, and the error is logged with the name of the task, as are a value that cannot be
    /// extracted and a commit that fails.
    pub fn add_scoped<T, F>(
        &self,
        name: impl Into<Cow<'static, str>>,
        scope: NewScope<T>,
        task: impl FnOnce(T) -> F + Send + 'static,
    ) where
        T: Send + 'static,
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let name = name.into();
        self.add(name.clone(), async move {
            let run = async move |value| task(value).await.into_result();
            if let Err(error) = scope.run(run).await {
                tracing::error!(task = &*name, error = %ErrorChain(&*error), "failed");
            }
        });
    }
}

/// Output of a task that takes components, or of a session: nothing, or a `Result`.
///
/// The trait is sealed. [`NewScope`] has an example.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not the output of a task or a session",
    label = "expected `()`, or a `Result` whose error converts to `BoxError`",
    note = "[inject/endpoint] with an `Ok` the changes are kept, and an `Err` is logged: end with `Ok(())`"
)]
pub trait TaskOutput: sealed::Sealed {
    #[doc(hidden)]
    fn into_result(self) -> Result<(), BoxError>;
}

impl TaskOutput for () {
    fn into_result(self) -> Result<(), BoxError> {
        Ok(self)
    }
}

impl<T, E: Into<BoxError>> TaskOutput for Result<T, E> {
    fn into_result(self) -> Result<(), BoxError> {
        self.map(drop).map_err(Into::into)
    }
}

mod sealed {
    pub trait Sealed {}

    impl Sealed for () {}

    impl<T, E> Sealed for Result<T, E> {}
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
