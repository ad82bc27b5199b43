//! A module provides an `Arc` of a type of its own crate; one of another crate is private.

use std::sync::Arc;

use inject_runtime::module;

fn name() -> Arc<String> {
    Arc::new(String::new())
}

#[module]
pub struct Catalog {
    #[factory(name)]
    name: Arc<String>,
}

fn main() {}
