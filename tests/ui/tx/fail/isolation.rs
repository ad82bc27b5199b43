//! A level that the database does not have.

use inject_runtime::tx::{IsolatedTx, ReadCommitted};
use sqlx::{Sqlite, SqlitePool};

async fn report(pool: SqlitePool) -> sqlx::Result<()> {
    let tx = IsolatedTx::<Sqlite, ReadCommitted>::new(pool);
    tx.commit().await
}

fn main() {}
