//! A custom layer has only the rules that it declares.

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
