//! Kinds of database errors, and the problems that they are to a client.

use axum::http::StatusCode;
use sqlx::{Error, error::DatabaseError};

use crate::problem::{Problem, ProblemKind, ToProblem, is_conflict_code};

/// Kind of an error of sqlx, whichever database it is from.
///
/// ```
/// use inject_runtime::tx::ErrorKind;
///
/// /// Error of a repository.
/// #[derive(Debug, thiserror::Error)]
/// pub enum BookError {
///     #[error("the title is taken")]
///     Taken,
///     #[error("the books cannot be read or written")]
///     Database(#[source] sqlx::Error),
/// }
///
/// impl From<sqlx::Error> for BookError {
///     fn from(error: sqlx::Error) -> Self {
///         match ErrorKind::of(&error) {
///             ErrorKind::Unique => Self::Taken,
///             _ => Self::Database(error),
///         }
///     }
/// }
/// # assert!(matches!(BookError::from(sqlx::Error::RowNotFound), BookError::Database(_)));
/// ```
///
/// As a [problem](ToProblem), an error of sqlx is a 503 with `Retry-After` if the request may succeed when it is sent again, a
/// 409 for a constraint that refers to other rows, and otherwise a 500. An error that has nothing to add declares
/// `#[problem(transparent)]`.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
#[non_exhaustive]
pub enum ErrorKind {
    /// Another transaction holds a lock, and the wait for it took too long.
    Busy,
    /// The transaction conflicts with another one, or is in a deadlock with it. All of it can be run again.
    Conflict,
    /// The database cannot be reached, or the pool has no connection.
    Unavailable,
    /// A unique constraint or a primary key. [`columns`](Self::columns) tells its columns.
    Unique,
    /// A foreign key.
    ForeignKey,
    /// A column that must not be null.
    NotNull,
    /// A check of a column or of a table.
    Check,
    /// There is no row.
    NotFound,
    /// Another error.
    Other,
}

impl ErrorKind {
    /// Returns the kind of an error.
    #[must_use]
    pub fn of(error: &Error) -> Self {
        match error {
            Error::RowNotFound => Self::NotFound,
            Error::PoolTimedOut | Error::PoolClosed | Error::Io(_) | Error::Tls(_) | Error::WorkerCrashed => {
                Self::Unavailable
            }
            Error::Database(error) => Self::of_database(&**error),
            _ => Self::Other,
        }
    }

    fn of_database(error: &dyn DatabaseError) -> Self {
        use sqlx::error::ErrorKind as Constraint;

        match error.kind() {
            Constraint::UniqueViolation => return Self::Unique,
            Constraint::ForeignKeyViolation => return Self::ForeignKey,
            Constraint::NotNullViolation => return Self::NotNull,
            Constraint::CheckViolation => return Self::Check,
            _ => {}
        }
        let code = error.code().unwrap_or_default();
        match &*code {
            // SQLSTATE of PostgreSQL and MySQL: serialization_failure, deadlock_detected.
            code if is_conflict_code(code) => return Self::Conflict,
            // lock_not_available.
            "55P03" => return Self::Busy,
            // too_many_connections, admin_shutdown, crash_shutdown, cannot_connect_now.
            "53300" | "57P01" | "57P02" | "57P03" => return Self::Unavailable,
            // connection_exception.
            code if code.len() == 5 && code.starts_with("08") => return Self::Unavailable,
            _ => {}
        }
        // SQLite: the low byte of a code is its primary code, SQLITE_BUSY or SQLITE_LOCKED.
        match code.parse::<u32>() {
            Ok(number) if code.len() < 5 && matches!(number & 0xff, 5 | 6) => Self::Busy,
            // MySQL: these have no SQLSTATE of their own.
            _ => Self::of_message(error.message()),
        }
    }

    /// Returns the kind of an error of `MySQL` or `MariaDB`, by its text: 1205, 3572, 1020.
    fn of_message(message: &str) -> Self {
        const BUSY: [&str; 2] =
            ["Lock wait timeout exceeded", "Statement aborted because lock(s) could not be acquired"];
        if BUSY.iter().any(|text| message.starts_with(text)) {
            Self::Busy
        } else if message.starts_with("Record has changed since last read") {
            Self::Conflict
        } else {
            Self::Other
        }
    }

    /// Returns the name of the constraint that an error is about, as far as the database tells: `PostgreSQL` does, and of a
    /// [unique](Self::Unique) key `MySQL` and `MariaDB`.
    #[must_use]
    pub fn constraint(error: &Error) -> Option<&str> {
        let Error::Database(error) = error else { return None };
        let of_message = || {
            // MySQL: Duplicate entry 'Emma' for key 'book.title'. MariaDB has the name of the key alone.
            let key = error.message().strip_prefix("Duplicate entry ")?.rsplit_once(" for key '")?.1;
            let key = key.strip_suffix('\'')?;
            Some(key.split_once('.').map_or(key, |(_, name)| name))
        };
        error.constraint().or_else(of_message)
    }

    /// Returns whether the same transaction may succeed when it is run again.
    #[must_use]
    pub const fn is_transient(self) -> bool {
        matches!(self, Self::Busy | Self::Conflict | Self::Unavailable)
    }

    /// Returns the columns of a [unique](Self::Unique) constraint, as far as the database tells: `SQLite` does. Of
    /// `PostgreSQL` it is the detail of the error, with the feature `sqlx-postgres`. `MySQL` and `MariaDB` tell the
    /// [constraint](Self::constraint).
    #[must_use]
    pub fn columns(error: &Error) -> Vec<&str> {
        let Error::Database(error) = error else { return Vec::new() };
        if !error.is_unique_violation() {
            return Vec::new();
        }
        #[cfg(feature = "sqlx-postgres")]
        if let Some(error) = error.try_downcast_ref::<sqlx_postgres::PgDatabaseError>() {
            let columns = error.detail().and_then(|detail| detail.strip_prefix("Key (")?.split_once(")="));
            return columns.map_or_else(Vec::new, |(columns, _)| columns.split(", ").collect());
        }
        let columns = error.message().strip_prefix("UNIQUE constraint failed: ").unwrap_or_default();
        let names = columns.split(", ").filter(|name| !name.is_empty());
        names.map(|name| name.rsplit('.').next().unwrap_or(name)).collect()
    }

    /// Returns the problem of an error of this kind. `None` if it is a mistake of the application.
    pub(super) fn problem(self) -> Option<Problem> {
        match self {
            Self::Conflict => Some(later().with_conflict()),
            Self::Busy | Self::Unavailable => Some(later()),
            Self::Unique | Self::ForeignKey => Some(Problem::new(StatusCode::CONFLICT)),
            Self::NotNull | Self::Check | Self::NotFound | Self::Other => None,
        }
    }
}

/// Returns the problem of a request that may succeed when it is sent again.
fn later() -> Problem {
    Problem::new(StatusCode::SERVICE_UNAVAILABLE).with_header("retry-after", RETRY_AFTER)
}

/// Seconds after which a client may send a request again.
const RETRY_AFTER: u32 = 1;

impl ToProblem for Error {
    fn to_problem(&self) -> Problem {
        ErrorKind::of(self).problem().unwrap_or_else(|| Problem::new(StatusCode::INTERNAL_SERVER_ERROR))
    }

    fn kinds() -> Vec<ProblemKind> {
        [StatusCode::CONFLICT, StatusCode::SERVICE_UNAVAILABLE, StatusCode::INTERNAL_SERVER_ERROR]
            .map(ProblemKind::new)
            .into()
    }
}
