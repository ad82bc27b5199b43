//! An endpoint is public or requires a role, not both.

use inject_runtime::{get, require_role};

include!("../../role/prelude.rs");

#[get("/users", public)]
#[require_role(UserRole::Admin)]
pub async fn list_users() -> &'static str {
    "all"
}

fn main() {}
