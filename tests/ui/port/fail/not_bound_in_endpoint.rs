//! A port of an endpoint is bound in the container.

use inject_runtime::{Port, Routes, container, get, routes, service};

#[service(scope = request)]
trait Greeting: Send {}

#[get("/", public)]
async fn greet(greeting: Port<dyn Greeting>) {
    let _ = greeting;
}

#[container]
struct App {}

fn all() -> Routes<App> {
    routes![greet]
}

fn main() {}
