//! The routes of a feature need the module of the feature.

use std::sync::Arc;

use inject_runtime::{Includes, Inject, Routes, container, get, module, routes, service};

#[service]
pub struct Index {}

#[module]
pub struct Catalog {
    index: Arc<Index>,
}

#[get("/titles", public)]
async fn titles(Inject(_index): Inject<Arc<Index>>) {}

fn catalog_routes<C: Includes<Catalog>>() -> Routes<C> {
    routes![titles]
}

#[container]
struct App {}

fn app_routes() -> Routes<App> {
    catalog_routes()
}

fn main() {}
