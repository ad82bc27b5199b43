//! A port is shared, and not boxed.

use inject_runtime::service;

#[service]
pub trait Mailer: Send + Sync {}

#[service]
pub struct Newsletter {
    _mailer: Box<dyn Mailer>,
}

fn main() {}
