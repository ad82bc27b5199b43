//! The layer of `#[in_layer]` is a path.

use inject_runtime::in_layer;

#[in_layer("Common")]
struct Settings;

fn main() {}
