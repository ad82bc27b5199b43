//! A handle dereferences to a weaker one.

use inject_runtime::tx::{Immediate, IsolatedTx, ReadTx, Tx};
use sqlx::Sqlite;

async fn read(_tx: &mut ReadTx<Sqlite>) {}

async fn write(tx: &mut Tx<Sqlite>) {
    read(tx).await;
}

async fn write_at_once(mut tx: IsolatedTx<Sqlite, Immediate>) {
    read(&mut tx).await;
    write(&mut tx).await;
}

async fn report(mut tx: ReadTx<Sqlite>) {
    read(&mut tx).await;
}

fn main() {
    let _ = (write_at_once, report);
}
