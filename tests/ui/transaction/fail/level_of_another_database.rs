//! The level is one of the database that the handle names, here by an alias.

use inject_runtime::{post, transaction, tx::{ReadCommitted, Tx}};
use sqlx::Sqlite;

type Transaction = Tx<Sqlite>;

#[post("/books", public)]
#[transaction(Transaction, isolation = ReadCommitted)]
pub async fn create() {}

fn main() {}
