//! An endpoint lists errors only if it returns a `Result`.

use inject_runtime::{get};

#[get("/", public, errors(NotFound))]
pub async fn show() -> String {
    String::new()
}

fn main() {}
