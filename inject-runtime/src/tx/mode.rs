//! Mode of a transaction: how it begins and ends.

use futures_util::FutureExt as _;
use sqlx::{Database, Executor};

use super::held::{Begin, Probe};

/// How a transaction begins and ends.
pub(super) struct Mode<DB: Database> {
    /// Statement that begins it.
    pub(super) begin: Begin,
    /// Whether there is anything to commit: a transaction that only reads is always rolled back.
    pub(super) commits: bool,
    /// Check to run before a commit.
    pub(super) probe: Option<Probe<DB>>,
    /// Whether the transaction has begun.
    pub(super) has_begun: bool,
    /// Whether its level is the default of the container, which a handle overrides.
    pub(super) is_preset: bool,
}

impl<DB: Database> Clone for Mode<DB> {
    fn clone(&self) -> Self {
        *self
    }
}

impl<DB: Database> Copy for Mode<DB> {}

impl<DB: Database> Mode<DB>
where
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    pub(super) fn writing(begin: Begin) -> Self {
        // PostgreSQL answers COMMIT in a transaction with a failed statement by a rollback, and reports
        // success; but it refuses any other statement. sqlx does not return the answer. The database behind
        // `sqlx::Any` may be PostgreSQL.
        let probe = matches!(DB::NAME, "PostgreSQL" | "Any").then_some(
            (|connection| connection.execute("SELECT 1").map(|result| result.map(drop)).boxed()) as Probe<DB>,
        );
        Self { begin, commits: true, probe, has_begun: false, is_preset: false }
    }

    pub(super) fn reading() -> Self {
        Self::reading_from(match DB::NAME {
            "PostgreSQL" => Begin::ToRead("BEGIN READ ONLY"),
            "MySQL" => Begin::ToRead("START TRANSACTION READ ONLY"),
            _ => Begin::Default,
        })
    }

    /// Returns the mode of a transaction at the level of a statement.
    pub(super) fn at_level(statement: &'static str, can_write: bool) -> Self {
        if can_write {
            Self::writing(Begin::Level(statement))
        } else {
            Self::reading_from(Begin::LevelToRead(statement))
        }
    }

    const fn reading_from(begin: Begin) -> Self {
        Self { begin, commits: false, probe: None, has_begun: false, is_preset: false }
    }
}
