//! An isolation level is one of the database.

use inject_runtime::tx::{IsolatedTx, ReadCommitted};
use sqlx::{Sqlite, SqlitePool};

async fn report(pool: SqlitePool) -> sqlx::Result<()> {
    let tx = IsolatedTx::<Sqlite, ReadCommitted>::new(pool);
    tx.commit().await
}

fn main() {}
