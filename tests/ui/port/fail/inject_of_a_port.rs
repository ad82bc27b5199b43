//! A port belongs to the request, and not to the container.

use inject_runtime::{Inject, PerRequest, Port, Routes, container, get, routes, service};

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English;

impl Greeting for English {}

#[get("/", public)]
async fn greet(greeting: Inject<Port<dyn Greeting>>) {
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
