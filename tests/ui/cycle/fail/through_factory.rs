//! A factory passes a cycle on.

use std::sync::Arc;

use inject_runtime::{container, in_layer, infrastructure, layer::Infrastructure, repository};

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
