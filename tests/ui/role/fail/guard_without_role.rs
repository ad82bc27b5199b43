//! A role guard names a role.

use inject_runtime::{get, require_role};

include!("../prelude.rs");

#[get("/users")]
#[require_role()]
pub async fn list_users() -> &'static str {
    "all"
}

fn main() {}
