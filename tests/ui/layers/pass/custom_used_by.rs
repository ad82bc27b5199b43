//! A layer of one's own is reached from the layers that it is `used_by`.

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
