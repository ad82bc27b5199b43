//! A request scope without a request.

use std::{fmt, sync::Arc, time::Duration};

use axum::{
    extract::Request,
    http::StatusCode,
    response::{IntoResponse, Response},
};

use super::{
    parameter::{Parameter, extracted},
    scope::{End, Unit},
    tasks::Tasks,
};

/// Runs `body` with a component of the request scope, outside of any request: a job, a command, a test.
///
/// It is what a request does, without one. The `T` is made from `container` as an endpoint would get it, and so is what is below it;
/// what is opened on the way, such as a `Tx`, is closed afterwards: with a success if `body` returns `Ok`, with a failure if it
/// returns `Err`, and as cancelled if it panics or the future is dropped half-way. Then it waits for the
/// [background tasks](crate::BackgroundTasks), and for what was to follow a commit. A tuple asks for several.
///
/// There are no headers and no path: an extractor that needs them rejects, as it does where a client leaves them out. Who acts is for the
/// caller to say, with [`Authorized::check`](crate::Authorized::check) where a proof is asked for.
///
/// ```
/// use inject_runtime::{ScopeError, container, in_scope, repository, service, tx::Tx};
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
///     #[provided]
///     pool: SqlitePool,
/// }
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// # let pool = sqlx::sqlite::SqlitePoolOptions::new().max_connections(1).connect("sqlite::memory:").await?;
/// # sqlx::query("CREATE TABLE book (title TEXT)").execute(&pool).await?;
/// let app = App::builder(AppInputs { pool }).build().await?;
/// in_scope(&app, async |mut books: BookService| {
///     books.add("Emma").await?;
///     books.add("Persuasion").await // both, or none
/// })
/// .await?;
/// # Ok(())
/// # }
/// ```
///
/// # Errors
///
/// That of `body`; or [`ScopeError`], if `body` was not run, or what it has done was not kept.
pub async fn in_scope<C, T, R, E>(
    container: &Arc<C>,
    body: impl AsyncFnOnce(T) -> Result<R, E>,
) -> Result<R, E>
where
    C: Send + Sync,
    T: Parameter<C>,
    E: From<ScopeError>,
{
    let tasks = Tasks::default();
    let mut unit = Unit::new(None, tasks.clone(), None);
    let mut parts = Request::new(()).into_parts().0;
    parts.extensions.insert(unit.scope());
    let component = match extracted(T::extract(&mut parts, container).await) {
        Ok(component) => component,
        Err(response) => {
            let status = response.status();
            unit.finish(response, End::Rejected).await;
            return Err(ScopeError::Rejected(status).into());
        }
    };
    let result = body(component).await;
    let failed = StatusCode::INTERNAL_SERVER_ERROR;
    let answer = if result.is_ok() { Response::default() } else { failed.into_response() };
    // Dropped, the body of the answer ends, and lets go what waits for its end.
    let status = unit.finish(answer, End::Answered).await.status();
    // Nobody is there to lose patience.
    _ = tasks.drain(Duration::MAX).await;
    if result.is_ok() && status == failed {
        return Err(ScopeError::NotClosed.into());
    }
    result
}

/// Why there was no scope to [run in](in_scope), or no good end to it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
#[non_exhaustive]
pub enum ScopeError {
    /// An extractor rejected: it needs more than the container, such as a header.
    Rejected(StatusCode),
    /// Something that was opened could not be closed: what was done with it is not kept.
    NotClosed,
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected(status) => {
                write!(
                    f,
                    "what is to be run needs a request: an extractor answers with {status}, see the log"
                )
            }
            Self::NotClosed => {
                f.write_str("what was done is not kept: a resource could not be closed, see the log")
            }
        }
    }
}

impl std::error::Error for ScopeError {}
