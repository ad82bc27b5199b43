//! A module is shared.

use inject_runtime::{container, module};

#[module]
pub struct Catalog {}

#[container]
struct App {
    #[include]
    catalog: Catalog,
}

fn main() {}
