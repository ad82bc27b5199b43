//! A binding has no value that `main` could pass in.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[container]
struct App {
    #[input]
    users: PerRequest<dyn Users>,
}

fn main() {
    let _ = SqlUsers;
}
