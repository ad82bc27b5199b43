//! Request scope without a request.

use std::{
    fmt,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
    time::Duration,
};

use axum::{
    extract::Request,
    http::{Method, StatusCode, request::Parts},
    response::{IntoResponse, Response},
};
use futures_util::FutureExt as _;

use super::Seed;
use crate::{
    extract::Parameter,
    frame::{Completion, Frame, Overrides, Plan, Provision, Rejection, RequestContext, Tasks},
    problem::Conflict,
};

/// Request scope without a request, for jobs, commands and tests.
///
/// It obtains values of the request scope from a container alone, in the same way as an endpoint. There are
/// no headers and no path: an extractor that needs them rejects, as it does for a request without them. What a request
/// would say is passed with [`with`](Self::with).
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
/// #         sqlx::query("INSERT INTO book VALUES (?)").bind(title).execute(&mut self.tx).await?;
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
    seeds: Overrides,
}

impl<C: Send + Sync> RequestScope<C> {
    /// Creates a scope over `container`.
    pub fn of(container: &Arc<C>) -> Self {
        Self { container: Arc::clone(container), seeds: Overrides::default() }
    }

    /// Passes a value that stands for the provider of its type: at any depth of the dependencies, a `T` is then a
    /// clone of `value`. Neither the provider nor its own dependencies run. A later value of the same type replaces an
    /// earlier one.
    ///
    /// With a principal, the code of a request runs in the name of a user without credentials: `Option<T>` is
    /// `Some`, and [`Authorized<P>`](crate::Authorized) is checked as in a request.
    ///
    /// The scope closes only what it has opened. A resource that is passed remains open, and a
    /// `Tx` remains in progress: a test can run several scopes in one transaction, and roll it back.
    ///
    /// ```
    /// use std::{error::Error, sync::Arc};
    /// use inject_runtime::{Bearer, Problem, RequestScope, container, inject, service};
    /// # use axum::http::StatusCode;
    ///
    /// #[derive(Clone)]
    /// pub struct CurrentUser {
    ///     name: String,
    /// }
    ///
    /// #[inject]
    /// pub async fn current_user(bearer: Bearer) -> Result<CurrentUser, Problem> {
    ///     // verify the token ..
    ///     # Err(Problem::new(StatusCode::UNAUTHORIZED))
    /// }
    ///
    /// #[service(scope = request)]
    /// pub struct Billing {
    ///     user: CurrentUser,
    /// }
    ///
    /// impl Billing {
    ///     /// The same code serves requests.
    ///     pub fn invoice(&self) -> String {
    ///         format!("invoice of {}", self.user.name)
    ///     }
    /// }
    ///
    /// #[container]
    /// pub struct App {}
    ///
    /// async fn nightly(app: &Arc<App>) -> Result<String, Box<dyn Error>> {
    ///     let user = CurrentUser { name: "Ada".to_owned() };
    ///     RequestScope::of(app).with(user).run(async |billing: Billing| Ok(billing.invoice())).await
    /// }
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() -> Result<(), Box<dyn Error>> {
    /// # let app = App::builder().build().await?;
    /// # assert_eq!(nightly(&app).await?, "invoice of Ada");
    /// # Ok(())
    /// # }
    /// ```
    pub fn with<T: Seed + Clone + Send + Sync>(mut self, value: T) -> Self {
        self.seeds.seed(value);
        self
    }

    /// Extracts a `T`, runs `body` with it, and closes the scope. A tuple extracts several values.
    ///
    /// Resources that were opened in the scope, such as a `Tx`, are closed after `body`: with a success if
    /// it returns `Ok`, with a failure if it returns `Err`, with a panic if it panics, and as canceled if the future is
    /// dropped. The future then waits for the [background tasks](crate::BackgroundTasks) and for the
    /// futures that follow a commit.
    ///
    /// # Errors
    ///
    /// Returns the error of `body`; or a [`ScopeError`] if an extractor rejected and `body` did not run, or
    /// if a resource could not be closed.
    ///
    /// # Panics
    ///
    /// If `body` panics: when the resources are closed, the panic continues.
    pub async fn run<T, R, E>(self, body: impl AsyncFnOnce(T) -> Result<R, E>) -> Result<R, E>
    where
        T: Parameter<C>,
        E: From<ScopeError>,
    {
        let tasks = Tasks::default();
        let mut scope = Scope::open(self.seeds, tasks.clone());
        let Scope { frame, parts } = &mut scope;
        let value = T::extract(&mut RequestContext { parts, container: &self.container, frame }).await;
        let result = scope.run(value, body).await;
        // There is no client, and therefore no deadline.
        _ = tasks.drain(Duration::MAX).await;
        result
    }
}

impl<C> fmt::Debug for RequestScope<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("RequestScope").finish_non_exhaustive()
    }
}

/// Scope without a request, while it is open.
pub(super) struct Scope {
    pub(super) frame: Frame,
    /// Those of a request without a path and without headers.
    pub(super) parts: Parts,
}

impl Scope {
    pub(super) fn open(seeds: Overrides, tasks: Tasks) -> Self {
        let seeds = (!seeds.is_empty()).then(|| Arc::new(seeds));
        let frame = Frame::new(Some(Arc::new(Plan::unknown(seeds, tasks))));
        let mut parts = Request::new(()).into_parts().0;
        // It may write: the method of a transaction's request says how it begins.
        parts.method = Method::POST;
        Self { frame, parts }
    }

    /// Runs `body` with the extracted value, and closes the scope.
    pub(super) async fn run<T, R, E>(
        mut self,
        value: Provision<T>,
        body: impl AsyncFnOnce(T) -> Result<R, E>,
    ) -> Result<R, E>
    where
        E: From<ScopeError>,
    {
        let value = match value {
            Ok(value) => value,
            Err(rejection) => {
                let error = ScopeError::rejected(&rejection);
                self.end(rejection.into_inner(), Completion::Rejected).await;
                return Err(error.into());
            }
        };
        match AssertUnwindSafe(async { body(value).await }).catch_unwind().await {
            Ok(Ok(value)) => match self.end(Response::default(), Completion::Answered).await {
                (StatusCode::OK, _) => Ok(value),
                (status, is_conflict) => Err(ScopeError::NotClosed { status, is_conflict }.into()),
            },
            Ok(Err(error)) => {
                self.end(failure(), Completion::Answered).await;
                Err(error)
            }
            Err(panic) => {
                self.end(failure(), Completion::Panicked).await;
                resume_unwind(panic)
            }
        }
    }

    /// Closes the scope. Nothing waits for the end of a body. Returns the status, which is that of a failed teardown, and whether
    /// it failed by a conflict.
    async fn end(&mut self, mut response: Response, completion: Completion) -> (StatusCode, bool) {
        self.frame.finish(&mut response, completion, false).await;
        // The response is dropped. This starts the tasks that wait for it.
        let conflict = response.extensions().get::<Conflict>();
        (response.status(), conflict.is_some_and(|conflict| !conflict.has_committed))
    }
}

fn failure() -> Response {
    StatusCode::INTERNAL_SERVER_ERROR.into_response()
}

/// Error of [`RequestScope::run`]: a value could not be extracted, or a resource could not be closed.
///
/// ```
/// use inject_runtime::{Bearer, RequestScope, ScopeError, container};
///
/// #[container]
/// pub struct App {}
///
/// # #[tokio::main(flavor = "current_thread")]
/// # async fn main() -> Result<(), Box<dyn std::error::Error>> {
/// let app = App::builder().build().await?;
/// let error = RequestScope::of(&app).run(async |_: Bearer| Ok::<(), ScopeError>(())).await.expect_err("no token");
/// assert_eq!(error.status(), 401);
/// assert!(error.to_string().contains("Bearer"));
/// # Ok(())
/// # }
/// ```
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ScopeError {
    /// An extractor or a provider rejected: it needs more than the container and the seeds, such as a header, or it failed.
    #[non_exhaustive]
    Rejected {
        /// Status of the rejection.
        status: StatusCode,
        /// Path of the type that was not extracted. Of a chain of providers, it is the innermost that is known.
        by: &'static str,
        /// Whether it failed by a conflict between transactions.
        is_conflict: bool,
    },
    /// A resource could not be closed, so its changes are not kept.
    #[non_exhaustive]
    NotClosed {
        /// Status of the problem of the teardown, 500 if it has none.
        status: StatusCode,
        /// Whether it failed by a conflict between transactions.
        is_conflict: bool,
    },
}

impl ScopeError {
    pub(super) fn rejected(rejection: &Rejection) -> Self {
        Self::Rejected {
            status: rejection.status(),
            by: rejection.name().unwrap_or("an extractor"),
            is_conflict: rejection.is_conflict(),
        }
    }

    /// Returns whether the scope failed by a conflict between transactions, and has committed nothing: it can be run again, which
    /// `tx::retry` does.
    #[must_use]
    pub const fn is_conflict(&self) -> bool {
        match *self {
            Self::Rejected { is_conflict, .. } | Self::NotClosed { is_conflict, .. } => is_conflict,
        }
    }

    /// Returns the status of the response that a request would have received.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        match *self {
            Self::Rejected { status, .. } | Self::NotClosed { status, .. } => status,
        }
    }
}

impl fmt::Display for ScopeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Rejected { status, by, .. } => {
                write!(f, "`{by}` could not be extracted: it rejected with {status}")
            }
            Self::NotClosed { status, .. } => {
                write!(
                    f,
                    "a resource could not be closed, and its changes are not kept: {status}, see the log"
                )
            }
        }
    }
}

impl std::error::Error for ScopeError {}
