//! A container is a struct.

use inject_runtime::container;

#[container]
enum App {}

fn main() {}
