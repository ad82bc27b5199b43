//! What an around function returns is a response.

use inject_runtime::{Next, around};

pub struct Logged;

#[around]
pub async fn logged(next: Next) -> Logged {
    next.run().await;
    Logged
}

fn main() {}
