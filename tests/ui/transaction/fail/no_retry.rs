//! `retry` is the number of further attempts.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(retry = 0)]
pub async fn create() {}

fn main() {}
