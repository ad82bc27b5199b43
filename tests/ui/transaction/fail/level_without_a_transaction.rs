//! A level is one of a database, so it has a transaction.

use inject_runtime::{post, transaction, tx::Serializable};

#[post("/books", public)]
#[transaction(isolation = Serializable)]
pub async fn create() {}

fn main() {}
