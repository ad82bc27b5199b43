//! The argument of a generic component is provided for requests.

use inject_runtime::{Routes, container, post, routes, service};

trait Users: Send {}

struct FakeUsers;

impl Users for FakeUsers {}

#[service(scope = request)]
struct Registration<U: Users> {
    users: U,
}

#[post("/users", public)]
async fn register(registration: Registration<FakeUsers>) {
    let _ = registration.users;
}

#[container]
struct App {}

fn all() -> Routes<App> {
    routes![register]
}

fn main() {}
