//! What can go wrong below the services.

/// The database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Something like it is there already, or what it refers to is not: a constraint of the schema.
    #[error("the database refused it: a constraint")]
    Conflict(#[source] sqlx::Error),
    /// Later it may.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// It will not.
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

/// Whether it may work later.
fn is_temporary(code: &str) -> bool {
    // A SQLSTATE, of PostgreSQL, has five characters; a number of SQLite has fewer.
    if code.len() == 5 {
        // No connection left, shutting down, deadlock, not serialisable.
        matches!(code, "53300" | "57P01" | "57P02" | "57P03" | "40001" | "40P01")
    } else {
        // The low byte says what it is: busy, locked, cannot be opened.
        code.parse::<u32>().is_ok_and(|code| matches!(code & 0xff, 5 | 6 | 14))
    }
}
