//! `Inject` reads the container from the state of the router.

use std::sync::Arc;

use inject_runtime::{Inject, service};

struct State;

#[service]
struct Clock;

#[axum::debug_handler(state = Arc<State>)]
async fn now(Inject(_clock): Inject<Clock>) {}

fn main() {}
