//! The handle comes first.

use inject_runtime::{post, transaction, tx::{Serializable, Tx}};
use sqlx::Postgres;

#[post("/books", public)]
#[transaction(isolation = Serializable, Tx<Postgres>)]
pub async fn create() {}

fn main() {}
