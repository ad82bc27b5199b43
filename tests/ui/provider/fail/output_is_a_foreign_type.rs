//! The output of a provider is a type of the same crate.

use inject_runtime::inject;

#[inject]
pub fn tenant() -> String {
    String::new()
}

fn main() {}
