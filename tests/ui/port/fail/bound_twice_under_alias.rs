//! A port has one implementation in a container, also where it is called otherwise.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

type DynUsers = dyn Users;

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
    #[bind(SqlUsers)]
    others: PerRequest<DynUsers>,
}

fn main() {}
