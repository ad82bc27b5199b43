//! The fields of a container have names.

use inject_runtime::container;

#[container]
struct App(u16);

fn main() {}
