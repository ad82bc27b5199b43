//! The level is a type in scope.

use inject_runtime::{post, transaction, tx::Tx};
use sqlx::Postgres;

#[post("/books", public)]
#[transaction(Tx<Postgres>, isolation = Serializable)]
pub async fn create() {}

fn main() {}
