//! A type is provided once, however it is spelled.

use inject_runtime::{container, infrastructure};

#[infrastructure(layer_only)]
#[derive(Clone)]
struct Pool;

type ReplicaPool = Pool;

#[container]
struct App {
    #[provided]
    pool: Pool,
    #[provided]
    replica: ReplicaPool,
}

fn main() {}
