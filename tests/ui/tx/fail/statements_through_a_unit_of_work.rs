//! A unit of work runs no statements, and gives no handle that does.

use inject_runtime::tx::{Tx, UnitOfWork};
use sqlx::Sqlite;

async fn statement(mut unit: UnitOfWork<Sqlite>) {
    unit.acquire().await.ok();
}

fn handle(unit: UnitOfWork<Sqlite>) -> Tx<Sqlite> {
    unit.into()
}

fn main() {}
