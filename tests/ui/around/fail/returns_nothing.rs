//! An around function returns the response.

use inject_runtime::{Next, around};

#[around]
pub async fn logged(next: Next) {
    next.run().await;
}

fn main() {}
