//! A generic component is in a layer, and what it is given as well.

use inject_runtime::{Routes, container, infrastructure, post, routes, service};

trait Users: Send {}

#[infrastructure(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[service(scope = request)]
struct Registration<U: Users> {
    users: U,
}

#[post("/users", public)]
async fn register(registration: Registration<SqlUsers>) {
    let _ = registration.users;
}

#[container]
struct App {}

fn all() -> Routes<App> {
    routes![register]
}

fn main() {}
