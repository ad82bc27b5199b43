//! The roles of an endpoint are of one enum.

use inject_runtime::{Principal, Role, get, require_role};

include!("../prelude.rs");

#[derive(Role, Clone, Copy)]
#[role(principal = CurrentUser)]
pub enum Plan {
    Paid,
}

impl Principal<Plan> for CurrentUser {
    fn has_role(&self, _: Plan) -> bool {
        false
    }
}

#[get("/users")]
#[require_role(UserRole::Admin, Plan::Paid)]
pub async fn list_users() -> &'static str {
    "all"
}

fn main() {}
