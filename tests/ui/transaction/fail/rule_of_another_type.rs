//! The rule sees the status of the response.

use inject_runtime::{post, transaction};

fn is_undone(status: u16) -> bool {
    status >= 500
}

#[post("/books", public)]
#[transaction(rollback_if = is_undone)]
pub async fn create() {}

fn main() {}
