//! Errors, and their responses: RFC 9457, `application/problem+json`.

use axum::extract::rejection::{JsonRejection, PathRejection, QueryRejection};
use inject_runtime::{Problem, Unauthorized};

/// Error of a request. `detail` sends the text of the error to the client; its sources appear in the log only.
#[derive(Debug, thiserror::Error, Problem)]
pub enum Error {
    /// The item does not exist, or the caller must not know that it exists.
    #[error("there is no {what} {id}")]
    #[problem(status = 404, detail)]
    NotFound {
        /// "note"
        what: &'static str,
        /// Id.
        id: i64,
    },
    /// The request conflicts with the present state.
    #[error("{0}")]
    #[problem(status = 409, detail)]
    Conflict(&'static str),
    /// No account has these credentials.
    #[error("these credentials are not valid")]
    #[problem(status = 401, detail, challenge = "Bearer")]
    Credentials,
    /// The token of the request is missing or invalid.
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
    /// Fields have invalid values.
    #[error("{}", .0.to_string().trim_end())]
    #[problem(status = 422, detail)]
    Invalid(garde::Report),
    /// The body is invalid.
    #[error("the body is invalid: {}", .0.body_text())]
    #[problem(status = 400, detail)]
    Body(#[from] JsonRejection),
    /// A parameter in the path is invalid.
    #[error("a parameter in the path is invalid")]
    #[problem(status = 400, detail)]
    Path(#[from] PathRejection),
    /// A parameter in the query is invalid.
    #[error("a parameter in the query is invalid")]
    #[problem(status = 400, detail)]
    Query(#[from] QueryRejection),
    /// No route has this path.
    #[error("there is no resource at this path")]
    #[problem(status = 404, detail)]
    UnknownPath,
    /// The routes of this path have other methods.
    #[error("the resource does not support this method")]
    #[problem(status = 405, detail)]
    WrongMethod,
    /// The response took too long.
    #[error("the request took too long")]
    #[problem(status = 503, detail)]
    TimedOut,
    /// Too many passwords are waiting to be hashed.
    #[error("the server is busy: try again in a few seconds")]
    #[problem(status = 503, detail)]
    Busy,
    /// The database is away or busy: a retry may succeed.
    #[error("the database is not available")]
    #[problem(status = 503, detail)]
    Unavailable(#[source] sqlx::Error),
    /// The database failed.
    #[error("the database failed")]
    #[problem(status = 500)]
    Storage(#[source] sqlx::Error),
    /// A password could not be hashed.
    #[error("a password could not be hashed")]
    #[problem(status = 500)]
    Hash(#[source] Box<dyn std::error::Error + Send + Sync>),
}

impl From<garde::Report> for Error {
    fn from(report: garde::Report) -> Self {
        Self::Invalid(report)
    }
}

impl From<sqlx::Error> for Error {
    fn from(error: sqlx::Error) -> Self {
        let is_away = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            sqlx::Error::Database(error) => error.code().is_some_and(|code| is_temporary(&code)),
            _ => false,
        };
        if is_away {
            Self::Unavailable(error)
        } else {
            Self::Storage(error)
        }
    }
}

fn is_temporary(code: &str) -> bool {
    if code.len() == 5 {
        // PostgreSQL: too many connections, shutdown, start, serialization failure, deadlock.
        matches!(
            code,
            "53300" | "57P01" | "57P02" | "57P03" | "40001" | "40P01"
        )
    } else {
        // SQLite: busy, locked, the file cannot be opened.
        code.parse::<u32>()
            .is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 14))
    }
}
