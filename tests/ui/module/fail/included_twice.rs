//! A module is in a container once.

use std::sync::Arc;

use inject_runtime::{container, module};

#[module]
pub struct Catalog {}

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
    #[include]
    again: Arc<Catalog>,
}

fn main() {}
