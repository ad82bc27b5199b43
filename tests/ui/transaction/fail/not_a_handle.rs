//! A transaction is named by the type of a handle, and not by the pool.

use inject_runtime::{post, transaction, tx::Serializable};
use sqlx::PgPool;

#[post("/books", public)]
#[transaction(PgPool, isolation = Serializable)]
pub async fn create() {}

fn main() {}
