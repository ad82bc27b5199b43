//! `#[component]` needs a layer.

use inject_runtime::component;

#[component]
struct Prices;

fn main() {}
