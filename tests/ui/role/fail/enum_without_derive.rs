//! Only an enum of roles can be required.

use inject_runtime::{container, get, require_role};

pub enum Color {
    Red,
}

#[get("/users")]
#[require_role(Color::Red)]
pub async fn list_users() -> &'static str {
    "all"
}

#[container]
pub struct App {}

fn main() {}
