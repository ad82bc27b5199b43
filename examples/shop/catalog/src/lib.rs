//! The catalog of the shop: the crate of a feature.
//!
//! Public are the module, its routes, and the port [`Products`], which other features take. The repository, the service and the
//! health check are private: an application has them by the module, and cannot name them.

mod products;
mod routes;

use std::sync::Arc;

use inject_runtime::module;
use shop_health::HealthCheck;

use crate::products::{CatalogCheck, CatalogService, ProductRepository};
pub use crate::{
    products::{Product, Products},
    routes::routes,
};

/// Module of the catalog. It requires nothing.
#[module]
pub struct Catalog {
    /// Shared by the service and the health check.
    repository: Arc<ProductRepository>,
    /// What the catalog offers to other features.
    #[bind(CatalogService)]
    products: Arc<dyn Products>,
    /// Part of the list that the application collects.
    #[contribute]
    #[bind(CatalogCheck)]
    checks: Vec<Arc<dyn HealthCheck>>,
}
