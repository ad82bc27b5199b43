//! An endpoint takes the port, and not its binding.

use inject_runtime::{PerRequest, Routes, container, get, routes, service};

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English;

impl Greeting for English {}

#[get("/", public)]
async fn greet(greeting: PerRequest<dyn Greeting>) {
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
