//! `rollback_if` is a function.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(rollback_if = 500)]
pub async fn create() {}

fn main() {}
