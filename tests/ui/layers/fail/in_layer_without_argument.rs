//! `#[in_layer]` names a layer.

use inject_runtime::in_layer;

#[in_layer]
struct Settings;

fn main() {}
