//! `#[component]` names its layer.

use inject_runtime::component;

#[component]
struct Prices;

fn main() {}
