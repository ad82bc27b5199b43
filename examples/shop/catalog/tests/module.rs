//! The module alone.

use std::sync::Arc;

use inject_runtime::container;
use shop_catalog::{Catalog, Products, routes};
use shop_health::HealthCheck;

#[tokio::test]
async fn a_product_is_found_by_its_number() {
    // A module is a container: it starts without an application.
    let catalog = Catalog::builder().build().await.unwrap();
    let products: Arc<dyn Products> = catalog.resolve();
    assert_eq!(products.find(2).unwrap().name, "Kettle");
    assert!(products.find(7).is_none());
}

#[test]
fn the_routes_are_those_of_an_application() {
    #[container]
    struct Smallest {
        #[include]
        catalog: Arc<Catalog>,
        #[collect]
        checks: Vec<Arc<dyn HealthCheck>>,
    }

    let table = routes::<Smallest>().table();
    assert_eq!(table.rows().iter().map(|row| row.path.as_str()).collect::<Vec<_>>(), ["/products"]);
}
