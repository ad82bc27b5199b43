//! A port without a stereotype counts as infrastructure, which does not use services.

use std::sync::Arc;

use inject_runtime::{container, service};

trait Backend: Send + Sync {}

#[service]
struct Accounts;

impl Backend for Accounts {}

#[container]
struct App {
    #[bind(Accounts)]
    backend: Arc<dyn Backend>,
}

fn main() {}
