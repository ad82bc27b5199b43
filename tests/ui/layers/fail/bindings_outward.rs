//! Each of many implementations is judged, also behind an alias and a qualifier; so is a port of one's own layer.

use std::sync::Arc;

use inject_runtime::{common, component, container, layer, repository, service};

#[layer]
struct Domain;

#[layer(may_depend_on(Domain))]
struct Application;

#[component(layer = Domain)]
trait Prices: Send + Sync {}

#[component(layer = Application)]
struct Catalog;

impl Prices for Catalog {}

#[repository]
trait Check: Send + Sync {}

#[common]
struct Disk;

#[service]
struct Orders;

impl Check for Disk {}
impl Check for Orders {}

type Other = Catalog;
struct Replica;

#[container]
struct App {
    #[bind(Disk, Orders)]
    checks: Vec<Arc<dyn Check>>,
    #[bind(Other)]
    #[qualifier(Replica)]
    prices: Arc<dyn Prices>,
}

fn main() {}
