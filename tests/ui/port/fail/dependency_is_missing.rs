//! The container provides what the component behind a port takes.

use inject_runtime::{Inject, PerRequest, Port, Routes, common, container, get, routes, service};

#[common]
trait Clock: Send + Sync {}

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English {
    clock: Inject<std::sync::Arc<dyn Clock>>,
}

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
