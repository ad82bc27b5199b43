//! The endpoint of the catalog.

use axum::Json;
use inject_runtime::{Includes, Inject, Routes, get, routes};

use crate::{
    Catalog,
    products::{CatalogService, Product},
};

/// Returns the endpoints of the catalog, for each application that includes its module.
#[must_use]
pub fn routes<C: Includes<Catalog>>() -> Routes<C> {
    routes![list]
}

/// Lists the products.
#[get("/products", public)]
async fn list(Inject(catalog): Inject<CatalogService>) -> Json<Vec<Product>> {
    Json(catalog.all())
}
