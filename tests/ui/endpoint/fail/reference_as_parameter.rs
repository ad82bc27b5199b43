//! A parameter is owned.

use inject_runtime::{get, service};

#[service]
pub struct ProfileService;

#[get("/profile", public)]
pub async fn profile(_profiles: &ProfileService) {}

fn main() {}
