//! A role requires a principal already.

use inject_runtime::{get, require_role};

include!("../../role/prelude.rs");

#[get("/users", authenticated = CurrentUser)]
#[require_role(UserRole::Admin)]
pub async fn list_users() -> &'static str {
    "all"
}

fn main() {}
