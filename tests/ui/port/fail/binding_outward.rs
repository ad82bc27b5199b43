//! A port is not bound to a component of a layer further out.

use inject_runtime::{PerRequest, container, repository, service};

#[repository(scope = request)]
trait Users: Send {}

#[service(scope = request)]
struct Registration;

impl Users for Registration {}

#[container]
struct App {
    #[bind(Registration)]
    users: PerRequest<dyn Users>,
}

fn main() {}
