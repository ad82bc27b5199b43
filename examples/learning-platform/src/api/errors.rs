//! Errors, as clients see them: the one place where they become RFC 9457, `application/problem+json`.

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

/// Everything that can be wrong with a request, or with us.
///
/// Each says what it looks like from outside. A bare `detail` is the text of the error itself; what is behind an error, its `source`,
/// is for the log alone.
#[derive(Debug, thiserror::Error, Problem)]
pub enum ApiError {
    /// The body is not the JSON that was asked for.
    #[error(transparent)]
    #[problem(transparent)]
    Body(#[from] BadBody),
    /// A parameter in the path is not what it should be.
    // axum's text has the name of the Rust type in it.
    #[error(transparent)]
    #[problem(status = 400, detail = "a parameter in the path is not what it should be")]
    Path(#[from] PathRejection),
    /// A parameter in the query is not what it should be.
    #[error(transparent)]
    #[problem(transparent)]
    Query(#[from] BadQuery),
    /// Fields have values that are not allowed.
    #[error(transparent)]
    #[problem(transparent)]
    Invalid(#[from] InvalidFields),
    /// There is no such thing.
    #[error("there is no {what} {id}")]
    #[problem(status = 404, detail)]
    NotFound {
        /// "chapter"
        what: &'static str,
        /// Its number.
        id: i64,
    },
    /// It cannot be done, as things are.
    #[error("{0}")]
    #[problem(status = 409, detail)]
    Conflict(&'static str),
    /// This one may not do that.
    #[error("{0}")]
    #[problem(status = 403, detail)]
    Forbidden(&'static str),
    /// The access token is missing, or no good: it does not say why.
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// The credentials are wrong, in whatever way.
    #[error("these credentials are not valid")]
    #[problem(status = 401, detail, challenge = "Bearer")]
    Credentials,
    /// Too often.
    #[error(transparent)]
    #[problem(transparent)]
    TooMany(#[from] TooMany),
    /// The database is busy, or away.
    #[error("the database is not available")]
    #[problem(status = 503, detail = "this is not your fault, please try again later")]
    Unavailable(#[source] StorageError),
    /// A service that we depend on did not do its part.
    #[error("{service} did not answer as it should")]
    #[problem(
        status = 502,
        detail = "a service that this one depends on did not answer, please try again later"
    )]
    Upstream {
        /// What it is to us.
        service: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// We did not answer in time.
    #[error("this took longer than {0:?}")]
    #[problem(status = 503, detail = "this took too long, please try again later")]
    TimedOut(Duration),
    /// There is no such version of this API, or it is not clear which is meant.
    #[error("{0}")]
    #[problem(status = 400, detail)]
    Version(Cow<'static, str>),
    /// What should not happen.
    #[error("{doing} failed")]
    #[problem(status = 500, detail = "this is not your fault, please try again later")]
    Internal {
        /// What was being done.
        doing: &'static str,
        /// Why.
        source: Box<dyn std::error::Error + Send + Sync>,
    },
    /// There is nothing at that path.
    #[error("there is nothing here")]
    #[problem(status = 404, detail)]
    UnknownPath,
    /// There is something at that path, but it cannot do that.
    #[error("this method cannot be used here")]
    #[problem(status = 405, detail)]
    WrongMethod,
}

impl From<ServiceError> for ApiError {
    fn from(error: ServiceError) -> Self {
        match error {
            ServiceError::NotFound { what, id } => Self::NotFound { what, id },
            ServiceError::Invalid(fields) => Self::Invalid(InvalidFields(fields)),
            ServiceError::Conflict(detail) => Self::Conflict(detail),
            ServiceError::Forbidden(detail) => Self::Forbidden(detail),
            ServiceError::Credentials => Self::Credentials,
            ServiceError::TooMany { retry_after } => {
                Self::TooMany(TooMany { seconds: retry_after.as_secs().max(1) })
            }
            ServiceError::Upstream { service, source } => Self::Upstream { service, source },
            ServiceError::Storage(error @ StorageError::Unavailable(_)) => Self::Unavailable(error),
            ServiceError::Storage(error) => Self::Internal { doing: "a query", source: error.into() },
            ServiceError::Internal { doing, source } => Self::Internal { doing, source },
        }
    }
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

/// A body that is not the JSON we ask for: axum knows the status, and what to say.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadBody(JsonRejection);

impl ToProblem for BadBody {
    fn to_problem(&self) -> Problem {
        Problem::new(self.0.status()).with_detail(self.0.body_text())
    }
}

/// A query that is not what we ask for.
#[derive(Debug, thiserror::Error)]
#[error(transparent)]
pub struct BadQuery(QueryRejection);

impl ToProblem for BadQuery {
    fn to_problem(&self) -> Problem {
        Problem::new(self.0.status()).with_detail(self.0.body_text())
    }
}

/// Fields that have values which are not allowed, each with what is wrong with it: a member `errors` of the problem.
#[derive(Debug, thiserror::Error)]
#[error("some fields are not as they should be")]
pub struct InvalidFields(Vec<FieldError>);

impl ToProblem for InvalidFields {
    fn to_problem(&self) -> Problem {
        let errors: Vec<_> =
            self.0.iter().map(|it| serde_json::json!({ "field": it.field, "problem": it.problem })).collect();
        Problem::new(StatusCode::UNPROCESSABLE_ENTITY)
            .with_detail(self.to_string())
            .with_member("errors", errors)
    }

    fn kinds() -> Vec<ProblemKind> {
        let kind = ProblemKind::new(StatusCode::UNPROCESSABLE_ENTITY);
        vec![kind.with_description(
            "Fields have values that are not allowed: `errors` says which, and what is wrong with them.",
        )]
    }
}

/// Too many attempts, and when to come back.
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
        vec![kind.with_description("Too many attempts: `Retry-After` says when to come back.")]
    }
}
