//! A handle names the transaction of a level.

use inject_runtime::{post, transaction, tx::Tx};
use sqlx::Postgres;

#[post("/books", public)]
#[transaction(Tx<Postgres>, retry = 3)]
pub async fn create() {}

fn main() {}
