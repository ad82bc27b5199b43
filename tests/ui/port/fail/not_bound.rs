//! A port of a request-scoped component is bound in the container.

use inject_runtime::{Port, Routes, container, post, repository, routes, service};

#[repository(scope = request)]
trait Users: Send {}

#[service(scope = request)]
struct Registration {
    users: Port<dyn Users>,
}

#[post("/users", public)]
async fn register(registration: Registration) {
    let _ = registration.users;
}

#[container]
struct App {}

fn all() -> Routes<App> {
    routes![register]
}

fn main() {}
