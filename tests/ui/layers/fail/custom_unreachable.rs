//! A layer of one's own is reached from the layers that it is `used_by`.

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
