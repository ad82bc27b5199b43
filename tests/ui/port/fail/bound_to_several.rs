//! A request has one implementation of a port.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[container]
struct App {
    #[bind(SqlUsers, SqlUsers)]
    users: PerRequest<dyn Users>,
}

fn main() {}
