//! `Inject<T>` in plain handlers of axum.

use std::sync::Arc;

use axum::{Router, extract::Path, routing};
use inject_runtime::{Inject, container, in_layer, layer::Common, service};

use crate::support::get;

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
        .route("/by-value/{name}", routing::get(by_value))
        .route("/shared/{name}", routing::get(shared_one))
        .with_state(app);
    get(&router, path).await.body
}

#[tokio::test]
async fn a_handler_gets_a_component_by_value() {
    assert_eq!(answer("/by-value/world").await, "hello world");
}

#[tokio::test]
async fn a_handler_gets_the_shared_component_of_the_container() {
    assert_eq!(answer("/shared/world").await, "hello world");
}
