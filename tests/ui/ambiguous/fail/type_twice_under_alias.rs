//! A type is provided once, however it is spelled.

use inject_runtime::{container, in_layer, layer::Infrastructure};

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool;

type ReplicaPool = Pool;

#[container]
struct App {
    #[input]
    pool: Pool,
    #[input]
    replica: ReplicaPool,
}

fn main() {}
