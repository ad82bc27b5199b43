//! A handler may not inject a repository.

use std::sync::Arc;

use inject_runtime::{Inject, container, repository};

#[repository]
struct Users;

#[container]
struct App {}

#[axum::debug_handler(state = Arc<App>)]
async fn count(Inject(_users): Inject<Users>) {}

fn main() {}
