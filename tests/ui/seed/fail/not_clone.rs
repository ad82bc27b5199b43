//! Each dependent gets a clone of a seed.

use std::sync::Arc;

use inject_runtime::{RequestScope, ScopeError, container, service};

#[service(scope = request)]
pub struct Billing {}

pub async fn run(app: &Arc<App>) -> Result<(), ScopeError> {
    RequestScope::of(app).with(Billing::new()).run(async |_: ()| Ok(())).await
}

#[container]
pub struct App {}

fn main() {}
