//! A binding has no value to shut down.

use inject_runtime::{PerRequest, container, repository};

#[repository(scope = request)]
trait Users: Send {}

#[repository(scope = request)]
struct SqlUsers;

impl Users for SqlUsers {}

async fn close<T>(_: &T) {}

#[container]
struct App {
    #[bind(SqlUsers)]
    #[on_shutdown(close)]
    users: PerRequest<dyn Users>,
}

fn main() {}
