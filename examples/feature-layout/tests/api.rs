//! Tests of all features together, over HTTP.

use axum::{
    Router,
    body::{Body, to_bytes},
    http::{Request, StatusCode, header},
};
use feature_layout::app::{App, routes};
use serde_json::{Value, json};
use tower::ServiceExt as _;

async fn router() -> Router {
    routes().into_router(App::builder().build().await.unwrap())
}

async fn send(router: &Router, method: &str, path: &str, token: &str, body: Value) -> (StatusCode, Value) {
    let request = Request::builder()
        .method(method)
        .uri(path)
        .header(header::CONTENT_TYPE, "application/json")
        .header(header::AUTHORIZATION, format!("Bearer {token}"))
        .body(Body::from(body.to_string()))
        .unwrap();
    let response = router.clone().oneshot(request).await.unwrap();
    let status = response.status();
    let body = to_bytes(response.into_body(), usize::MAX).await.unwrap();
    (status, serde_json::from_slice(&body).unwrap_or(Value::Null))
}

#[tokio::test]
async fn an_article_contains_its_author() {
    let router = router().await;
    let (status, ada) = send(&router, "POST", "/users", "-", json!({ "name": "Ada" })).await;
    assert_eq!(status, StatusCode::CREATED);
    let token = ada["token"].as_str().unwrap();

    let article = json!({ "title": "On engines", "body": "They weave." });
    let (status, published) = send(&router, "POST", "/articles", token, article).await;
    assert_eq!(status, StatusCode::CREATED);
    let (status, shown) = send(&router, "GET", "/articles/1", "-", Value::Null).await;
    assert_eq!((status, &shown), (StatusCode::OK, &published));
    assert_eq!(
        shown,
        json!({ "id": 1, "title": "On engines", "body": "They weave.", "author": { "id": 1, "name": "Ada" } })
    );
}

#[tokio::test]
async fn an_unknown_token_cannot_publish_an_article() {
    let router = router().await;
    let article = json!({ "title": "On engines", "body": "They weave." });
    let (status, _) = send(&router, "POST", "/articles", "made-up", article).await;
    assert_eq!(status, StatusCode::UNAUTHORIZED);
    assert_eq!(send(&router, "GET", "/articles/1", "-", Value::Null).await.0, StatusCode::NOT_FOUND);
}

#[tokio::test]
async fn a_taken_or_blank_name_is_rejected() {
    let router = router().await;
    for status in [StatusCode::CREATED, StatusCode::CONFLICT] {
        assert_eq!(send(&router, "POST", "/users", "-", json!({ "name": "Ada" })).await.0, status);
    }
    assert_eq!(
        send(&router, "POST", "/users", "-", json!({ "name": " " })).await.0,
        StatusCode::UNPROCESSABLE_ENTITY
    );
}
