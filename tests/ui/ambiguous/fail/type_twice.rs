//! A type is provided once.

use inject_runtime::{container, in_layer, layer::Infrastructure};

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool;

#[container]
struct App {
    #[input]
    pool: Pool,
    #[input]
    replica: Pool,
}

fn main() {}
