//! What a module contributes is collected.

use std::sync::Arc;

use inject_runtime::{container, module, service};

#[service]
pub trait Check: Send + Sync {}

#[service]
struct CatalogCheck;

impl Check for CatalogCheck {}

#[module]
pub struct Catalog {
    #[contribute]
    #[bind(CatalogCheck)]
    checks: Vec<Arc<dyn Check>>,
}

#[container]
struct App {
    #[include]
    catalog: Arc<Catalog>,
}

fn main() {}
