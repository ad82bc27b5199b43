//! A transaction has one default level.

use inject_runtime::{container, transaction, tx::{ReadCommitted, Serializable, Tx}};
use sqlx::{PgPool, Postgres};

#[container]
#[transaction(Tx<Postgres>, isolation = Serializable)]
#[transaction(Tx<Postgres>, isolation = ReadCommitted)]
pub struct App {
    #[input]
    pool: PgPool,
}

fn main() {}
