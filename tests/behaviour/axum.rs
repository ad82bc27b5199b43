//! `Inject<T>` in axum handlers.

use std::sync::Arc;

use axum::{Router, body::Body, extract::Path, http::Request, routing::get};
use inject_runtime::{Inject, container, in_layer, layer::Common, service};
use tower::ServiceExt as _;

#[in_layer(Common)]
struct Greeting(&'static str);

#[service]
struct Greeter {
    greeting: Arc<Greeting>,
}

impl Greeter {
    fn greet(&self, name: &str) -> String {
        format!("{} {name}", self.greeting.0)
    }
}

#[container]
struct App {
    #[input]
    greeting: Arc<Greeting>,
    greeter: Arc<Greeter>,
}

async fn by_value(Path(name): Path<String>, Inject(greeter): Inject<Greeter>) -> String {
    greeter.greet(&name)
}

async fn shared_one(Path(name): Path<String>, greeter: Inject<Arc<Greeter>>) -> String {
    greeter.greet(&name)
}

async fn answer(path: &str) -> String {
    let greeting = Arc::new(Greeting("hello"));
    let app = App::builder(AppInputs { greeting }).build().await.expect("nothing fails");
    let router = Router::new()
        .route("/by-value/{name}", get(by_value))
        .route("/shared/{name}", get(shared_one))
        .with_state(app);
    let request = Request::get(path).body(Body::empty()).expect("a request");
    let response = router.oneshot(request).await.expect("infallible");
    let body = axum::body::to_bytes(response.into_body(), 1024).await.expect("a short body");
    String::from_utf8(body.to_vec()).expect("text")
}

#[tokio::test]
async fn a_handler_gets_its_own_component() {
    assert_eq!(answer("/by-value/world").await, "hello world");
}

#[tokio::test]
async fn a_handler_gets_the_shared_component() {
    assert_eq!(answer("/shared/world").await, "hello world");
}
