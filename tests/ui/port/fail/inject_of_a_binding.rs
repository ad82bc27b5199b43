//! The container has no value behind a port of the request scope.

use inject_runtime::{Inject, PerRequest, Routes, container, get, routes, service};

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English;

impl Greeting for English {}

#[get("/", public)]
async fn greet(greeting: Inject<PerRequest<dyn Greeting>>) {
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
