//! A custom layer may be used from the layers in its `used_by`.

use inject_runtime::{component, layer, layer::Service, service};

#[layer(used_by(Service))]
struct Domain;

#[component(layer = Domain)]
struct Prices;

#[service]
struct Checkout {
    prices: Prices,
}

fn main() {
    let Checkout { prices: Prices } = Checkout::new(Prices::new());
}
