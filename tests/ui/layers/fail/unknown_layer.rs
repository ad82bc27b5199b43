//! The layer of `#[component]` is a type in scope.

use inject_runtime::component;

#[component(layer = Domian)]
struct Prices;

fn main() {}
