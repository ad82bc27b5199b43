//! A diamond is not a cycle.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Base;

#[service]
struct Left {
    base: Arc<Base>,
}

#[service]
struct Right {
    base: Arc<Base>,
}

#[service]
struct Top {
    left: Arc<Left>,
    right: Right,
}

#[container]
struct App {
    top: Arc<Top>,
    left: Arc<Left>,
    base: Arc<Base>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = App::builder().build().await.expect("nothing can fail");
    assert!(Arc::ptr_eq(&app.top.left.base, &app.top.right.base));
    assert!(Arc::ptr_eq(&app.left, &app.top.left));
}
