//! A field of a container has a recipe.

use inject_runtime::container;

#[derive(Clone)]
struct Pool;

#[container]
struct App {
    pool: Pool,
}

fn main() {}
