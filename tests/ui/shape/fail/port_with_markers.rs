//! `dyn Mailer + Send + Sync` is another type than `dyn Mailer`, the port.

use std::sync::Arc;

use inject_runtime::service;

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct Newsletter {
    _mailer: Arc<dyn Mailer + Send + Sync>,
}

fn main() {}
