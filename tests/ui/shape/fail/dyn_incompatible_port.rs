//! A port is dyn compatible.

use inject_runtime::service;

#[service]
trait Mailer: Send + Sync {
    async fn send(&self);
}

fn main() {}
