//! A misspelled key is reported, with the nearest one.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(retries = 3)]
pub async fn create() {}

fn main() {}
