//! What is provided is a type of one's own.

use inject_runtime::inject;

#[inject]
pub fn tenant() -> String {
    String::new()
}

fn main() {}
