//! A custom layer may be used from the layers in its `used_by`.

use inject_runtime::{component, layer, service};

#[layer]
struct Domain;

#[component(layer = Domain)]
struct Prices;

#[service]
struct Checkout {
    prices: Prices,
}

fn main() {}
