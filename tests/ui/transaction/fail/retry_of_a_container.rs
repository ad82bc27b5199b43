//! Whether a request can be repeated depends on the parameters of its endpoint.

use inject_runtime::{container, transaction, tx::{Serializable, Tx}};
use sqlx::{PgPool, Postgres};

#[container]
#[transaction(Tx<Postgres>, isolation = Serializable, retry = 3)]
pub struct App {
    #[input]
    pool: PgPool,
}

fn main() {}
