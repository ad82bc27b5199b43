//! Layers of one's own have the rules that they declare, and no others.

use inject_runtime::{component, layer};

#[layer]
struct Domain;

#[layer(may_depend_on(Domain))]
struct Application;

#[component(layer = Application)]
struct Checkout;

#[component(layer = Domain)]
struct Prices {
    checkout: Checkout,
}

fn main() {}
