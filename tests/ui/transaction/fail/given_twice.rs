//! A setting has one value, also in several attributes.

use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(retry = 3)]
#[transaction(retry = 5)]
pub async fn create() {}

fn main() {}
