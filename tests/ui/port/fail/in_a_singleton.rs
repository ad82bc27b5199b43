//! A component of the container outlives the ports of requests.

use std::sync::Arc;

use inject_runtime::{PerRequest, Port, container, repository, service};

#[repository(scope = request)]
trait Users: Send + Sync {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[service]
struct Registration {
    users: Port<dyn Users>,
}

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
    registration: Arc<Registration>,
}

fn main() {}
