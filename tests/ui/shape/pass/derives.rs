//! Derives may stand on either side of a stereotype.

use std::sync::Arc;

use inject_runtime::{container, service};

#[derive(Clone, Debug)]
#[service(scope = transient)]
struct Before {
    #[init]
    hits: u64,
    #[external]
    name: &'static str,
}

#[service]
#[derive(Clone, Debug)]
struct After {
    #[init(7)]
    size: usize,
    before: Before,
}

#[derive(Debug)]
#[container]
struct App {
    #[input]
    name: &'static str,
    after: Arc<After>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = App::builder(AppInputs { name: "x" }).build().await.expect("nothing can fail");
    assert_eq!(
        format!("{app:?}"),
        r#"App { name: "x", after: After { size: 7, before: Before { hits: 0, name: "x" } } }"#,
    );
}
