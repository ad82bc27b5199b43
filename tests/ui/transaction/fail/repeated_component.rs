//! A component without `Inject` is one error, also where it would be extracted again.

use inject_runtime::{Routes, container, get, routes, service, transaction};

#[service]
pub struct UserService;

#[get("/users", public)]
#[transaction(retry = 3)]
pub async fn list(_users: UserService) {}

#[container]
pub struct App {}

fn all() -> Routes<App> {
    routes![list]
}

fn main() {
    let _ = all;
}
