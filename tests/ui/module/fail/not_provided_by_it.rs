//! A module provides what it has.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
pub struct Index {
    #[init]
    size: usize,
}

#[module]
pub struct Catalog {}

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
    #[provided_by(catalog)]
    index: Arc<Index>,
}

fn main() {}
