//! What is bound implements the port.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
}

fn main() {}
