//! The future of an around function moves between threads.

use std::rc::Rc;

use axum::response::Response;
use inject_runtime::{Next, around};

#[around]
pub async fn counted(next: Next) -> Response {
    let count = Rc::new(1);
    let response = next.run().await;
    drop(count);
    response
}

fn main() {}
