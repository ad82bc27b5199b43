//! A cycle through a factory is a cycle.

use std::sync::Arc;

use inject_runtime::{container, in_layer, layer::Infrastructure, repository};

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool;

fn connect(users: Arc<Users>) -> Pool {
    drop(users);
    Pool
}

#[repository]
struct Users {
    pool: Pool,
}

#[container]
struct App {
    #[factory(connect)]
    pool: Pool,
    users: Arc<Users>,
}

fn main() {}
