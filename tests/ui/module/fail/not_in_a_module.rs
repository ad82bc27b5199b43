//! What the container decides, and what no list is.

use std::{collections::HashMap, sync::Arc};

use inject_runtime::{Lazy, PerRequest, container, module, repository, service};

#[service]
pub trait Check: Send + Sync {}

#[repository(scope = request)]
pub trait Users: Send {}

#[repository(scope = request)]
pub struct PgUsers {}

impl Users for PgUsers {}

#[service]
pub struct Metrics {}

#[module]
pub struct Catalog {
    #[optional]
    metrics: Option<Arc<Metrics>>,
    #[bind(PgUsers)]
    users: PerRequest<dyn Users>,
}

#[container]
struct App {
    #[collect]
    checks: HashMap<&'static str, Arc<dyn Check>>,
    #[include]
    catalog: Lazy<Arc<Catalog>>,
}

fn main() {}
