//! The port, and the private components behind it.

use std::sync::Arc;

use inject_runtime::{in_layer, layer::Common, repository, service};
use serde::Serialize;
use shop_health::HealthCheck;

/// Product that the shop sells.
#[in_layer(Common)]
#[derive(Clone, Debug, Serialize)]
pub struct Product {
    /// Number of the product.
    pub id: u32,
    /// Name for customers.
    pub name: &'static str,
    /// Price in cents.
    pub cents: u64,
}

/// Port for the products, which other features take as `Arc<dyn Products>`.
#[service]
pub trait Products: Send + Sync {
    /// Returns the product with this number, if there is one.
    fn find(&self, id: u32) -> Option<Product>;
}

/// Repository of the products. It has state, so a container has one.
#[repository]
pub(crate) struct ProductRepository {
    #[init(vec![Product { id: 1, name: "Teapot", cents: 2_500 }, Product { id: 2, name: "Kettle", cents: 4_900 }])]
    products: Vec<Product>,
}

#[service]
pub(crate) struct CatalogService {
    repository: Arc<ProductRepository>,
}

impl CatalogService {
    pub(crate) fn all(&self) -> Vec<Product> {
        self.repository.products.clone()
    }
}

impl Products for CatalogService {
    fn find(&self, id: u32) -> Option<Product> {
        self.repository.products.iter().find(|product| product.id == id).cloned()
    }
}

#[service]
pub(crate) struct CatalogCheck {
    repository: Arc<ProductRepository>,
}

impl HealthCheck for CatalogCheck {
    fn name(&self) -> &'static str {
        "catalog"
    }

    fn is_healthy(&self) -> bool {
        !self.repository.products.is_empty()
    }
}
