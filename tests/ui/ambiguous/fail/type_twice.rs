//! A type is provided once.

use inject_runtime::{container, infrastructure};

#[infrastructure(layer_only)]
#[derive(Clone)]
struct Pool;

#[container]
struct App {
    #[provided]
    pool: Pool,
    #[provided]
    replica: Pool,
}

fn main() {}
