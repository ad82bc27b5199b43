//! Settings of transactions: `#[transaction(..)]` on endpoints and containers.

use std::any::TypeId;

use axum::http::StatusCode;

/// Settings of the transactions of an endpoint.
#[derive(Clone, Copy, Debug)]
pub struct TransactionSpec {
    /// The arguments as written.
    pub text: &'static str,
    /// Whether the request is expected to write. `None` if its method says so.
    pub writes: Option<bool>,
    /// Isolation levels.
    pub levels: &'static [TransactionLevel],
    /// Number of further attempts after a conflict with another transaction.
    pub retry: u8,
    /// Whether a response of this status rolls back. `None` if its class says so.
    pub rollback_if: Option<fn(StatusCode) -> bool>,
}

impl TransactionSpec {
    /// No settings.
    pub const NONE: Self = Self { text: "", writes: None, levels: &[], retry: 0, rollback_if: None };

    /// Returns whether there are settings that need a transaction of the request.
    pub(crate) const fn needs_unit(&self) -> bool {
        self.writes.is_some() || self.rollback_if.is_some() || !self.levels.is_empty()
    }
}

/// Isolation level of one of the transactions.
#[derive(Clone, Copy, Debug)]
pub struct TransactionLevel {
    /// Id of the type under which a request has the transaction.
    pub(crate) unit: fn() -> TypeId,
    /// Name of the handle that names it.
    pub(crate) unit_name: fn() -> &'static str,
    /// Statement that begins the transaction.
    pub(crate) statement: &'static str,
    /// Name of the level.
    pub(crate) name: fn() -> &'static str,
}

impl TransactionLevel {
    /// Returns the level among these of the transaction with this id.
    #[cfg(feature = "sqlx")]
    pub(crate) fn of(levels: &'static [Self], unit: TypeId) -> Option<&'static Self> {
        levels.iter().find(|level| (level.unit)() == unit)
    }
}

/// Handle that names a transaction: `Tx<DB>`, `ReadTx<DB>`, `IsolatedTx<DB, L>` and `UnitOfWork<DB>`. The trait is sealed.
#[diagnostic::on_unimplemented(
    message = "`{Self}` is not a handle on a transaction",
    label = "expected `Tx<DB>`, or another type of handle",
    note = "[inject/transaction] a level is one of a database, which the type of a handle names: `#[transaction(Tx<Postgres>, isolation = Serializable)]`"
)]
pub trait TransactionHandle: handle::Sealed {
    /// Database of the transaction.
    type Database;
    /// Id of the type under which a request has the transaction.
    const UNIT: fn() -> TypeId;
}

pub(crate) mod handle {
    /// Seal of [`TransactionHandle`](super::TransactionHandle).
    pub trait Sealed {}
}

/// Isolation level of the transaction that the handle `H` names. `P` is the proof that it is a handle.
#[diagnostic::on_unimplemented(
    message = "the database of `{H}` has no isolation level `{Self}`",
    label = "not a level of this database",
    note = "[inject/transaction] PostgreSQL has `ReadCommitted`, `RepeatableRead` and `Serializable`, with the feature `sqlx-postgres` of inject-runtime",
    note = "SQLite has `Serializable`, its only level, and `Immediate`, which locks at the start, with the feature `sqlx-sqlite`"
)]
pub trait LevelOf<H, P> {
    /// The level.
    const LEVEL: TransactionLevel;
}
