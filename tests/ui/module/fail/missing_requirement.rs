//! A container has what its modules require.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[derive(Clone)]
pub struct Pool;

#[service]
pub struct Index {
    #[external]
    pool: Pool,
}

#[module]
pub struct Catalog {
    #[required]
    pool: Pool,
    index: Arc<Index>,
}

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
}

fn main() {}
