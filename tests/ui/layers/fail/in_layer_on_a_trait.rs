//! A trait gets its layer from a stereotype.

use inject_runtime::in_layer;

#[in_layer(inject_runtime::layer::Service)]
trait Mailer: Send + Sync {}

fn main() {}
