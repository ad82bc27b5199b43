//! A role is written with its enum.

use inject_runtime::{get, require_role};

include!("../prelude.rs");

use UserRole::Admin;

#[get("/users")]
#[require_role(Admin)]
pub async fn list_users() -> &'static str {
    "all"
}

pub const ROLE: UserRole = Admin;

fn main() {}
