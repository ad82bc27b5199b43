//! Tests of the whole application over HTTP.

use std::{sync::Arc, time::Duration};

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use serde_json::{Value, json};
use shop::{Shop, ShopBuilder, ShopInputs, routes};
use shop_catalog::{Product, Products};
use shop_health::HealthCheck;
use shop_mail::{MailKind, MailSettings};
use tower::ServiceExt as _;

fn builder(kind: MailKind, file: &str) -> ShopBuilder {
    Shop::builder(ShopInputs { mail: Arc::new(MailSettings { kind, file: file.into() }) })
}

async fn send(router: &Router, method: &str, path: &str, body: Value) -> (StatusCode, Value) {
    let request =
        Request::builder().method(method).uri(path).header(header::CONTENT_TYPE, "application/json");
    let request = request.body(Body::from(body.to_string())).unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap())
}

#[tokio::test]
async fn a_product_of_the_catalog_is_ordered() {
    let file = concat!(env!("CARGO_TARGET_TMPDIR"), "/mail.log");
    let _ = std::fs::remove_file(file);
    let all = routes();
    let tasks = all.tasks();
    let router = all.into_router(builder(MailKind::File, file).build().await.unwrap());

    let (_, products) = send(&router, "GET", "/products", Value::Null).await;
    let order = json!({ "product": products[1]["id"], "quantity": 2, "email": "ada@example.org" });
    let (status, order) = send(&router, "POST", "/orders", order).await;
    assert_eq!(
        (status, order),
        (StatusCode::CREATED, json!({ "id": 1, "product": "Kettle", "cents": 9800 }))
    );

    // The confirmation is sent after the response. `drain` waits for it, as a shutdown does.
    tasks.drain(Duration::from_secs(5)).await.unwrap();
    assert!(std::fs::read_to_string(file).unwrap().contains("ada@example.org"));
}

/// The field `products` of the catalog is replaced, and the orders have the replacement.
#[tokio::test]
async fn a_field_of_a_module_is_replaced() {
    struct Samovars;

    impl Products for Samovars {
        fn find(&self, id: u32) -> Option<Product> {
            Some(Product { id, name: "Samovar", cents: 99_900 })
        }
    }

    let shop = builder(MailKind::Console, "").catalog(|catalog| catalog.products(Arc::new(Samovars)));
    let router = routes().into_router(shop.build().await.unwrap());
    let order = json!({ "product": 9, "quantity": 1, "email": "ada@example.org" });
    assert_eq!(send(&router, "POST", "/orders", order).await.1["product"], "Samovar");
}

/// Each module contributes its check, and one of them is replaced.
#[tokio::test]
async fn a_feature_that_is_not_healthy_is_named() {
    struct Broken;

    impl HealthCheck for Broken {
        fn name(&self) -> &'static str {
            "orders"
        }

        fn is_healthy(&self) -> bool {
            false
        }
    }

    for (builder, status, orders) in [
        (builder(MailKind::Console, ""), StatusCode::OK, true),
        (
            builder(MailKind::Console, "").orders(|orders| orders.checks(vec![Arc::new(Broken)])),
            StatusCode::SERVICE_UNAVAILABLE,
            false,
        ),
    ] {
        let router = routes().into_router(builder.build().await.unwrap());
        let expected = json!({ "catalog": true, "orders": orders });
        assert_eq!(send(&router, "GET", "/health", Value::Null).await, (status, expected));
    }
}
