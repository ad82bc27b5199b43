//! Error responses: the only module that converts errors to RFC 9457, `application/problem+json`.

use std::{borrow::Cow, time::Duration};

use axum::{
    extract::rejection::{JsonRejection, PathRejection, QueryRejection},
    http::{StatusCode, header},
};
use inject_runtime::{Problem, ProblemKind, ToProblem, Unauthorized};

use crate::{
    repositories::StorageError,
    services::{FieldError, ServiceError},
};

/// Error of an endpoint: every way in which a request can fail.
///
/// Each variant states its response. `detail` without a value uses the text of the error itself. The `source` of an
/// error goes to the log only.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ApiError {
    /// The body is not valid JSON for the expected type.
    #[error(transparent)]
    #[problem(transparent)]
    Body(#[from] BadBody),
    /// A path parameter is invalid.
    // The detail is fixed, because the text of axum contains the name of the Rust type.
    #[error(transparent)]
    #[problem(status = 400, detail = "a path parameter is invalid")]
    Path(#[from] PathRejection),
    /// A query parameter is invalid.
    #[error(transparent)]
    #[problem(transparent)]
    Query(#[from] BadQuery),
    /// Fields have invalid values.
    #[error(transparent)]
    #[problem(transparent)]
    Invalid(#[from] InvalidFields),
    /// The resource does not exist.
    #[error("there is no {kind} {id}")]
    #[problem(status = 404, detail)]
    NotFound {
        /// Kind of the resource, such as "chapter".
        kind: &'static str,
        /// Id of the resource.
        id: i64,
    },
    /// The request conflicts with the current state.
    #[error("{0}")]
    #[problem(status = 409, detail)]
    Conflict(&'static str),
    /// The user is not allowed to do this.
    #[error("{0}")]
    #[problem(status = 403, detail)]
    Forbidden(&'static str),
    /// The access token is missing or invalid. The response does not state the reason.
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// The credentials are invalid. The response does not state the reason.
    #[error("these credentials are not valid")]
    #[problem(status = 401, detail, challenge = "Bearer")]
    Credentials,
    /// The client has exceeded a rate limit.
    #[error(transparent)]
    #[problem(transparent)]
    TooMany(#[from] TooMany),
    /// Too many requests need the same slow operation.
    #[error(transparent)]
    #[problem(transparent)]
    Busy(#[from] Busy),
    /// The database is busy or unavailable.
    #[error("the database is not available")]
    #[problem(status = 503, detail = "the server cannot process the request, try again later")]
    Unavailable(#[source] StorageError),
    /// An external service failed.
    #[error("{service} failed")]
    #[problem(status = 502, detail = "an external service failed, try again later")]
    Upstream {
        /// Purpose of the service, such as "the embedder".
        service: &'static str,
        /// Cause of the failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// The response took too long.
    #[error("the request took longer than {0:?}")]
    #[problem(status = 503, detail = "the request took too long, try again later")]
    TimedOut(Duration),
    /// The requested version of the API does not exist or is ambiguous.
    #[error("{0}")]
    #[problem(status = 400, detail)]
    Version(Cow<'static, str>),
    /// An internal error occurred.
    #[error("{doing} failed")]
    #[problem(status = 500, detail = "the server cannot process the request, try again later")]
    Internal {
        /// Operation that failed.
        doing: &'static str,
        /// Cause of the failure.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// No route matches the path.
    #[error("there is no resource at this path")]
    #[problem(status = 404, detail)]
    UnknownPath,
    /// A route matches the path, but not the method.
    #[error("the resource does not support this method")]
    #[problem(status = 405, detail)]
    WrongMethod,
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound { kind, id } => Self::NotFound { kind, id },
            ServiceError::Invalid(fields) => Self::Invalid(InvalidFields(fields)),
            ServiceError::Conflict(detail) => Self::Conflict(detail),
            ServiceError::Forbidden(detail) => Self::Forbidden(detail),
            ServiceError::Credentials => Self::Credentials,
            ServiceError::TooMany { retry_after } => {
                Self::TooMany(TooMany { seconds: whole_seconds(retry_after) })
            }
            ServiceError::Busy { doing, retry_after } => {
                Self::Busy(Busy { doing, seconds: whole_seconds(retry_after) })
            }
            ServiceError::Upstream { service, source } => Self::Upstream { service, source },
            ServiceError::Storage(error @ StorageError::Unavailable(_)) => Self::Unavailable(error),
            ServiceError::Storage(error) => Self::Internal { doing: "a query", source: error.into() },
            ServiceError::Internal { doing, source } => Self::Internal { doing, source },
        }
    }
}

/// Returns the value of `Retry-After`, rounded up, because a request before that time is refused again.
fn whole_seconds(duration: Duration) -> u64 {
    duration.as_secs() + u64::from(duration.subsec_nanos() != 0)
}

impl From<JsonRejection> for ApiError {
    fn from(rejection: JsonRejection) -> Self {
        Self::Body(BadBody(rejection))
    }
}

impl From<QueryRejection> for ApiError {
    fn from(rejection: QueryRejection) -> Self {
        Self::Query(BadQuery(rejection))
    }
}

impl From<garde::Report> for ApiError {
    fn from(report: garde::Report) -> Self {
        let field = |(path, error): &(garde::Path, garde::Error)| FieldError {
            field: path.to_string(),
            problem: error.to_string(),
        };
        Self::Invalid(InvalidFields(report.iter().map(field).collect()))
    }
}

/// Error returned when the body is not valid JSON for the expected type. axum supplies the status and the detail.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadBody(JsonRejection);

impl ToProblem for BadBody {
    fn to_problem(&self) -> Problem {
        Problem::new(self.0.status()).with_detail(self.0.body_text())
    }
}

/// Error returned when the query is invalid.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadQuery(QueryRejection);

impl ToProblem for BadQuery {
    fn to_problem(&self) -> Problem {
        Problem::new(self.0.status()).with_detail(self.0.body_text())
    }
}

/// Error returned when fields have invalid values. The problem has a member `errors` with the violated rule of each
/// field.
#[derive(Debug, thiserror::Error)]
#[error("some fields have invalid values")]
pub struct InvalidFields(Vec<FieldError>);

impl ToProblem for InvalidFields {
    fn to_problem(&self) -> Problem {
        let errors: Vec<_> = self
            .0
            .iter()
            .map(|error| serde_json::json!({ "field": error.field, "problem": error.problem }))
            .collect();
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
            .with_detail(self.to_string())
            .with_member("errors", errors)
    }

    fn kinds() -> Vec<ProblemKind> {
        let kind = ProblemKind::new(StatusCode::UNPROCESSABLE_ENTITY);
        vec![kind.with_description(
            "Some fields have invalid values: `errors` lists each field with the rule that it violates.",
        )]
    }
}

/// Error returned when a client has exceeded a rate limit.
#[derive(Debug, thiserror::Error)]
#[error("too many attempts: try again in {seconds} seconds")]
pub struct TooMany {
    seconds: u64,
}

impl ToProblem for TooMany {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::TOO_MANY_REQUESTS)
            .with_detail(self.to_string())
            .with_header(header::RETRY_AFTER, self.seconds)
    }

    fn kinds() -> Vec<ProblemKind> {
        let kind = ProblemKind::new(StatusCode::TOO_MANY_REQUESTS);
        vec![
            kind.with_description("Too many attempts: `Retry-After` contains the number of seconds to wait."),
        ]
    }
}

/// Error returned when the queue of a slow operation is full.
#[derive(Debug, thiserror::Error)]
#[error("the queue is full: {doing}")]
pub struct Busy {
    doing: &'static str,
    seconds: u64,
}

impl ToProblem for Busy {
    fn to_problem(&self) -> Problem {
        Problem::new(StatusCode::SERVICE_UNAVAILABLE)
            .with_detail(format!("the server is busy: try again in {} seconds", self.seconds))
            .with_header(header::RETRY_AFTER, self.seconds)
    }

    fn kinds() -> Vec<ProblemKind> {
        let kind = ProblemKind::new(StatusCode::SERVICE_UNAVAILABLE);
        vec![kind.with_description(
            "Too many requests of this kind are waiting: `Retry-After` contains the number of seconds to wait.",
        )]
    }
}
