//! A stereotype gives the layer already.

use inject_runtime::{in_layer, layer::Common};

#[in_layer(Common)]
#[service]
struct Clock;

fn main() {}
