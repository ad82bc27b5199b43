//! A seed stands for a provider: a value that no provider returns would have no effect.

use std::sync::Arc;

use inject_runtime::{RequestScope, ScopeError, container};

pub async fn run(app: &Arc<App>) -> Result<(), ScopeError> {
    RequestScope::of(app).with(5_i32).run(async |_: ()| Ok(())).await
}

#[container]
pub struct App {}

fn main() {}
