//! A role is a path, not a text.

use inject_runtime::{get, require_role};

include!("../prelude.rs");

#[get("/users")]
#[require_role("admin")]
pub async fn list_users() -> &'static str {
    "all"
}

fn main() {}
