//! A layer is a unit struct.

use inject_runtime::layer;

#[layer]
struct Domain {
    name: String,
}

fn main() {}
