//! A module is in a container once, also under another name.

use std::sync::Arc;

use inject_runtime::{container, module};

#[module]
pub struct Catalog {}

type Books = Catalog;

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
    #[include]
    books: Arc<Books>,
}

fn main() {}
