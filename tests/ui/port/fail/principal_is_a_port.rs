//! What is behind a port is not known to require credentials.

use inject_runtime::{Port, get, service};

#[service(scope = request)]
trait Session: Send {}

#[get("/", authenticated = Port<dyn Session>)]
async fn mine() {}

fn main() {}
