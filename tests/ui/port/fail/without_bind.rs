//! The container says what is behind a port.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[container]
struct App {
    users: PerRequest<dyn Users>,
}

fn main() {
    let _ = SqlUsers;
}
