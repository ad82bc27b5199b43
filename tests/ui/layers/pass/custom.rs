//! A custom layer has the rules that it declares.

use inject_runtime::{component, layer};

#[layer]
struct Domain;

#[layer(may_depend_on(Domain))]
struct Application;

#[component(layer = Domain)]
struct Prices;

#[component(layer = Application)]
struct Checkout {
    prices: Prices,
}

fn main() {
    let Checkout { prices: Prices } = Checkout::new(Prices::new());
}
