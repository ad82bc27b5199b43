//! A request that is taken whole cannot be given to another attempt.

use axum::extract::Request;
use inject_runtime::{post, transaction};

#[post("/books", public)]
#[transaction(retry = 3)]
pub async fn create(_request: Request) {}

fn main() {}
