//! A port has one implementation in a container.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
    #[bind(SqlUsers)]
    others: PerRequest<dyn Users>,
}

fn main() {}
