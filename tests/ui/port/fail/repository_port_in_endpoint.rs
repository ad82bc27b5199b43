//! A route does not take the port of a repository.

use inject_runtime::{PerRequest, Port, Routes, container, get, repository, routes};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

#[get("/", public)]
async fn list(users: Port<dyn Users>) {
    let _ = users;
}

#[container]
struct App {
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
}

fn all() -> Routes<App> {
    routes![list]
}

fn main() {}
