//! Inputs are for containers, requirements and contributions for modules.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
struct Index {}

#[module]
pub struct Catalog {
    #[input]
    name: &'static str,
}

#[container]
struct App {
    #[required]
    name: &'static str,
    #[contribute]
    index: Arc<Index>,
}

fn main() {}
