//! A constructor of a component of the container takes no port of requests.

use inject_runtime::{Port, repository, service};

#[repository(scope = request)]
trait Users: Send + Sync {}

struct Registration(Port<dyn Users>);

#[service]
impl Registration {
    #[inject]
    fn new(users: Port<dyn Users>) -> Self {
        Self(users)
    }
}

fn main() {}
