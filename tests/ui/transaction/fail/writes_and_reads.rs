//! A request is expected to write, or it is not.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(writes, reads)]
pub async fn create() {}

fn main() {}
