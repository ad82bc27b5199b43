//! A port is shared, and not boxed.

use inject_runtime::{Inject, get, service};

#[service]
pub trait Mailer: Send + Sync {}

#[get("/mail", public)]
pub async fn mail(_mailer: Inject<Box<dyn Mailer>>) {}

fn main() {}
