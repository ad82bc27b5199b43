//! Request scope without a request.

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use crate::{
    extract::Parameter,
    frame::{Completion, Frame, Plan, RequestContext, Tasks},
};

/// Request scope without a request, for jobs, commands and tests.
///
/// It obtains values of the request scope from a container alone, in the same way as an endpoint. There are
/// no headers and no path: an extractor that needs them rejects, as it does for a request without them.
/// Code that requires a proof of authorization creates it with
/// [`Authorized::check`](crate::Authorized::check).
///
/// ```
/// use inject_runtime::{RequestScope, ScopeError, container, repository, service, tx::Tx};
/// use sqlx::{Sqlite, SqlitePool};
///
/// #[repository(scope = request)]
/// pub struct BookRepository {
///     tx: Tx<Sqlite>,
/// }
///
/// #[service(scope = request)]
/// pub struct BookService {
///     books: BookRepository,
/// }
///
/// # impl BookRepository {
/// #     async fn insert(&mut self, title: &str) -> sqlx::Result<()> {
/// #         sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut *self.tx.acquire().await?).await?;
/// #         Ok(())
/// #     }
/// # }
/// impl BookService {
///     pub async fn add(&mut self, title: &str) -> Result<(), Box<dyn std::error::Error>> {
///         Ok(self.books.insert(title).await?)
///     }
/// }
///
/// #[container]
/// pub struct App {
///     #[input]
///     pool: SqlitePool,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE book (title TEXT)").execute(&pool).await?;
/// let app = App::builder(AppInputs { pool }).build().await?;
/// RequestScope::of(&app)
///     .run(async |mut books: BookService| {
///         books.add("Emma").await?;
///         books.add("Persuasion").await // both, or neither
///     })
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a scope does nothing until `run` is awaited"]
pub struct RequestScope<C> {
    container: Arc<C>,
}

impl<C: Send + Sync> RequestScope<C> {
    /// Creates a scope over `container`.
    pub fn of(container: &Arc<C>) -> Self {
        Self { container: Arc::clone(container) }
    }

    /// Extracts a `T`, runs `body` with it, and closes the scope. A tuple extracts several values.
    ///
    /// Resources that were opened in the scope, such as a `Tx`, are closed after `body`: with a success if
    /// it returns `Ok`, with a failure if it returns `Err`, and as canceled if it panics or the future is
    /// dropped. The future then waits for the [background tasks](crate::BackgroundTasks) and for the
    /// futures that follow a commit.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`; or a [`ScopeError`] if an extractor rejected and `body` did not run, or
    /// if a resource could not be closed.
    pub async fn run<T, R, E>(self, body: impl AsyncFnOnce(T) -> Result<R, E>) -> Result<R, E>
    where
        T: Parameter<C>,
        E: From<ScopeError>,
    {
        let tasks = Tasks::default();
        let mut frame = Frame::new(Some(Arc::new(Plan::unknown(None, tasks.clone()))));
        let mut parts = Request::new(()).into_parts().0;
        let context =
            &mut RequestContext { parts: &mut parts, container: &self.container, frame: &mut frame };
        let value = match T::extract(context).await {
            Ok(value) => value,
            Err(rejection) => {
                let mut response = rejection.into_inner();
                let status = response.status();
                frame.finish(&mut response, Completion::Rejected, true).await;
                return Err(ScopeError::Rejected(status).into());
            }
        };
        let result = body(value).await;
        let failed = StatusCode::INTERNAL_SERVER_ERROR;
        let mut response = if result.is_ok() { Response::default() } else { failed.into_response() };
        frame.finish(&mut response, Completion::Answered, true).await;
        let status = response.status();
        // This ends its body, and starts the tasks that wait for it.
        drop(response);
        // There is no client, and therefore no deadline.
        _ = tasks.drain(Duration::MAX).await;
        if result.is_ok() && status == failed {
            return Err(ScopeError::NotClosed.into());
        }
        result
    }
}

impl<C> fmt::Debug for RequestScope<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScope").finish_non_exhaustive()
    }
}

/// Error of [`RequestScope::run`]: a value could not be extracted, or a resource could not be closed.
///
/// [`RequestScope`] has an example.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeError {
    /// An extractor rejected: it needs more than the container, such as a header.
    Rejected(StatusCode),
    /// A resource could not be closed, so its changes are not kept.
    NotClosed,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(status) => {
                write!(f, "a value could not be extracted: an extractor rejected with {status}, see the log")
            }
            Self::NotClosed => {
                f.write_str("a resource could not be closed, and its changes are not kept: see the log")
            }
        }
    }
}

impl std::error::Error for ScopeError {}
