//! A container does not have what its module has.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
pub struct Index {}

#[module]
pub struct Catalog {
    index: Arc<Index>,
}

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
    index: Arc<Index>,
}

fn main() {}
