//! A port is a trait under a stereotype.

use inject_runtime::{PerRequest, Port, container, repository, service};

trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[service(scope = request)]
struct Registration {
    users: Port<dyn Users>,
}

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
}

fn main() {}
