use axum::{body::Body, http::Request};
use inject_runtime::{Fresh, Inject, Routes, container, get, inject, routes, service, shared};
use std::sync::Arc;
use std::sync::atomic::{AtomicUsize, Ordering};
use tower::ServiceExt;

#[shared(layer_only)]
#[derive(Default)]
pub struct Counter(AtomicUsize);

#[container]
pub struct App {
    #[provided]
    counter: Arc<Counter>,
}

#[derive(Clone)]
pub struct D(usize);

#[inject]
pub fn d(Inject(counter): Inject<Arc<Counter>>) -> D {
    D(counter.0.fetch_add(1, Ordering::SeqCst))
}

#[derive(Clone)]
pub struct S(D);

#[inject]
pub async fn s(d: D) -> Result<S, String> {
    Ok(S(d))
}

#[service(scope = request)]
pub struct Both {
    d: D,
    s: S,
    #[inject(default)]
    n: usize,
    counter: Inject<Arc<Counter>>,
}

#[get("/", public)]
pub async fn both(d: D, s: S, both: Both) -> String {
    format!(
        "{} {} {} {} {}",
        d.0,
        s.0.0,
        both.d.0,
        both.s.0.0 + both.n,
        both.counter.0.0.load(Ordering::SeqCst)
    )
}

#[get("/fresh", public)]
pub async fn fresh(d: Fresh<D>, s: S) -> String {
    format!("{} {}", d.0.0, s.0.0)
}

fn app_routes() -> Routes<App> {
    routes![both, fresh]
}

#[tokio::test]
async fn a02() {
    let app = App::builder(AppInputs { counter: Arc::default() }).build().await.unwrap();
    let router = app_routes().into_router(app);
    for (path, expected) in [("/", "0 0 0 0 1"), ("/", "1 1 1 1 2"), ("/fresh", "2 3")] {
        let response = router.clone().oneshot(Request::get(path).body(Body::empty()).unwrap()).await.unwrap();
        let body = axum::body::to_bytes(response.into_body(), 1000).await.unwrap();
        assert_eq!(body, expected);
    }
    println!("{}", app_routes().table());
}
