//! Errors of sqlx that are conflicts between transactions.

/// Mark of a response to a request that failed by a conflict between transactions: another attempt may succeed. It stays in the
/// server.
#[derive(Clone, Copy, Debug, Default)]
pub(crate) struct Conflict {
    /// Whether changes were committed nevertheless, which another attempt would make twice.
    pub(crate) has_committed: bool,
}

#[cfg(feature = "sqlx")]
mod of_sqlx {
    use std::error::Error;

    use sqlx::error::DatabaseError;

    use super::super::error_chain::LONGEST_CHAIN;

    /// Returns whether this is the code of a conflict: the SQLSTATE `serialization_failure` or `deadlock_detected`.
    pub(crate) fn is_conflict_code(code: &str) -> bool {
        matches!(code, "40001" | "40P01")
    }

    /// Returns whether the error, or one of its sources, is a conflict.
    pub(crate) fn is_conflict(error: &(dyn Error + 'static)) -> bool {
        let mut next = Some(error);
        for _ in 0..LONGEST_CHAIN {
            let Some(error) = next else { return false };
            let of_database = match error.downcast_ref() {
                Some(sqlx::Error::Database(error)) => Some(&**error),
                // The source of an `sqlx::Error`, of which a transparent error shows nothing else.
                _ => error.downcast_ref::<Box<dyn DatabaseError>>().map(|error| &**error),
            };
            if of_database.and_then(DatabaseError::code).is_some_and(|code| is_conflict_code(&code)) {
                return true;
            }
            next = error.source();
        }
        false
    }
}

#[cfg(feature = "sqlx")]
pub(crate) use self::of_sqlx::{is_conflict, is_conflict_code};
