//! `#[include(..)]` and `#[provided_by(..)]` name fields.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
pub struct Index {}

#[service]
pub struct Shelf {}

#[module]
pub struct Catalog {
    index: Arc<Index>,
}

#[container]
struct App {
    #[include(index = other)]
    catalog: Arc<Catalog>,
    #[provided_by(catalogue)]
    shelf: Arc<Shelf>,
}

fn main() {}
