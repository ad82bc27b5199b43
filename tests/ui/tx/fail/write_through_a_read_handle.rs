//! A `ReadTx` does not write.

use inject_runtime::tx::{ReadTx, Tx};
use sqlx::Sqlite;

async fn clear(tx: &mut Tx<Sqlite>) -> sqlx::Result<()> {
    sqlx::query("DELETE FROM book").execute(&mut *tx.acquire().await?).await?;
    Ok(())
}

async fn report(tx: &mut ReadTx<Sqlite>) -> sqlx::Result<()> {
    clear(tx).await
}

fn main() {}
