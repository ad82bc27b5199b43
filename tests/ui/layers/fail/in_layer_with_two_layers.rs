//! A type under `#[in_layer]` is in one layer.

use inject_runtime::{in_layer, layer};

#[in_layer(layer::Common, layer::Infrastructure)]
struct Settings;

fn main() {}
