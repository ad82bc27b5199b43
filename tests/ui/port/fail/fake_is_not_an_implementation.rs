//! A unit test puts an implementation behind the port.

use inject_runtime::{Port, repository};

#[repository(scope = request)]
trait Users: Send {}

struct FakeUsers;

fn main() {
    let _: Port<dyn Users> = Port::new(FakeUsers);
}
