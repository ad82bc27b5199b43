//! Two ports do not need each other.

use inject_runtime::{PerRequest, Port, Routes, container, get, routes, service};

#[service(scope = request)]
trait Chicken: Send {}

#[service(scope = request)]
trait Egg: Send {}

#[service(scope = request)]
struct Hen {
    egg: Port<dyn Egg>,
}

impl Chicken for Hen {}

#[service(scope = request)]
struct Shell {
    chicken: Port<dyn Chicken>,
}

impl Egg for Shell {}

#[get("/", public)]
async fn first(egg: Port<dyn Egg>) {
    let _ = egg;
}

#[container]
struct App {
    #[bind(Hen)]
    chicken: PerRequest<dyn Chicken>,
    #[bind(Shell)]
    egg: PerRequest<dyn Egg>,
}

fn all() -> Routes<App> {
    routes![first]
}

fn main() {}
