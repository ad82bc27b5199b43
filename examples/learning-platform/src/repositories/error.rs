//! Errors of the repositories.

/// Error returned when a query fails.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// A constraint of the schema is violated: a duplicate value, or a reference to a missing row.
    #[error("the query violates a constraint")]
    Conflict(#[source] sqlx::Error),
    /// The database is temporarily unavailable: a retry may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The query failed for another reason: a retry does not help.
    #[error("the database failed")]
    Failed(#[source] sqlx::Error),
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => {
                Self::Unavailable(error)
            }
            sqlx::Error::Database(database) => {
                if database.is_unique_violation() || database.is_foreign_key_violation() {
                    return Self::Conflict(error);
                }
                if database.code().is_some_and(|code| is_temporary(&code)) {
                    return Self::Unavailable(error);
                }
                Self::Failed(error)
            }
            _ => Self::Failed(error),
        }
    }
}

/// Returns whether a retry may succeed.
fn is_temporary(code: &str) -> bool {
    // A SQLSTATE of PostgreSQL has five characters. A code of SQLite is a shorter number.
    if code.len() == 5 {
        // Too many connections, shutdown, serialization failure, deadlock.
        matches!(code, "53300" | "57P01" | "57P02" | "57P03" | "40001" | "40P01")
    } else {
        // The low byte is the primary result code: 5 is busy, 6 is locked, 14 means that the file cannot be opened.
        code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 14))
    }
}
