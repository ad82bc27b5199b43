//! A port of the request scope has no qualifier.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[allow(dead_code)]
struct Replica;

#[container]
struct App {
    #[qualifier(Replica)]
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
}

fn main() {}
