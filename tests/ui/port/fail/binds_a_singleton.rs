//! A component of the container is not behind a port of the request scope.

use inject_runtime::{PerRequest, Port, Routes, container, get, routes, service};

#[service(scope = request)]
trait Greeting: Send {}

#[service]
struct English;

impl Greeting for English {}

#[get("/", public)]
async fn greet(greeting: Port<dyn Greeting>) {
    let _ = greeting;
}

#[container]
struct App {
    #[bind(English)]
    greeting: PerRequest<dyn Greeting>,
}

fn all() -> Routes<App> {
    routes![greet]
}

fn main() {}
