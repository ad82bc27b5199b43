//! Mode of a transaction: how it begins and ends.

use futures_util::FutureExt as _;
use sqlx::{Database, Error, Executor};

use super::held::{Begin, Probe, backend, ended_by_server};

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
        let is_checked = matches!(DB::NAME, "PostgreSQL" | "MySQL" | "Any");
        let probe = is_checked.then_some((|connection| check::<DB>(connection).boxed()) as Probe<DB>);
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

/// Fails if the transaction has failed or ended, and the database would answer a commit without an error.
async fn check<DB>(connection: &mut DB::Connection) -> Result<(), Error>
where
    DB: Database,
    for<'c> &'c mut DB::Connection: Executor<'c, Database = DB>,
{
    match backend::<DB>(connection) {
        // It answers COMMIT in a transaction with a failed statement by a rollback, and reports success; but it refuses any
        // other statement. sqlx does not return the answer.
        "PostgreSQL" => connection.execute("SELECT 1").await.map(drop),
        // A deadlock rolls back the transaction, and statements that follow are transactions of their own. This statement is
        // refused in a transaction, and has no effect outside of one: it is the default.
        "MySQL" => match connection.execute("SET TRANSACTION READ WRITE").await {
            Ok(_) => Err(ended_by_server()),
            Err(Error::Database(error)) if error.code().is_some_and(|code| code == "25001") => Ok(()),
            Err(error) => Err(error),
        },
        _ => Ok(()),
    }
}
