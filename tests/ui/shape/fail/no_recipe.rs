//! A field of a container says how it is built.

use inject_runtime::container;

#[derive(Clone)]
struct Pool;

#[container]
struct App {
    pool: Pool,
}

fn main() {}
