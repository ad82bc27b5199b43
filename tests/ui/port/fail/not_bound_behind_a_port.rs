//! What is behind a port takes another port, which is bound as well.

use inject_runtime::{PerRequest, Port, Routes, container, get, repository, routes, service};

#[repository(scope = request)]
trait Users: Send {}

#[service(scope = request)]
trait Greeting: Send {}

#[service(scope = request)]
struct English {
    users: Port<dyn Users>,
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
