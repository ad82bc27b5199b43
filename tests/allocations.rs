//! Heap allocations. A program of its own, because it replaces the global allocator by one that counts.

use std::{hint::black_box, sync::Arc};

use axum::{Router, body::Body, extract::State, http::Request, routing::get as plain_get};
use inject_runtime::{Inject, Routes, container, get, in_layer, layer::Common, routes, service};
use tower::ServiceExt as _;

#[in_layer(Common)]
#[derive(Clone, Copy)]
struct Language(&'static str);

#[service]
trait Words: Send + Sync {
    fn hello(&self) -> &'static str;
}

#[service]
struct Dictionary {
    language: Language,
}

impl Words for Dictionary {
    fn hello(&self) -> &'static str {
        if self.language.0 == "it" { "ciao" } else { "hello" }
    }
}

#[service]
struct Greeter {
    words: Arc<dyn Words>,
}

#[container]
struct App {
    #[bind(Dictionary)]
    words: Arc<dyn Words>,
    greeter: Arc<Greeter>,
    #[input]
    language: Language,
}

#[get("/hello", public)]
async fn hello(Inject(greeter): Inject<Arc<Greeter>>) -> &'static str {
    greeter.words.hello()
}

async fn hello_by_hand(State(app): State<Arc<App>>) -> &'static str {
    let greeter = Arc::clone(&app.greeter);
    greeter.words.hello()
}

#[test]
fn an_endpoint_over_shared_components_allocates_no_more_than_a_handler_over_the_state_of_axum() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let app = App::builder(AppInputs { language: Language("it") }).build();
    let app = runtime.block_on(app).expect("nothing fails");
    let endpoints: Routes<App> = routes![hello];
    let endpoints = endpoints.into_router(Arc::clone(&app));
    let by_hand = Router::new().route("/hello", plain_get(hello_by_hand)).with_state(app);
    let [endpoints, by_hand] = [endpoints, by_hand].map(|router| {
        let answer = || {
            let request = Request::get("/hello").body(Body::empty()).expect("a request");
            let response = runtime.block_on(router.clone().oneshot(request)).expect("infallible");
            assert_eq!(response.status(), 200);
            black_box(response);
        };
        // The first request allocates what later requests reuse.
        answer();
        allocation_counter::measure(answer)
    });
    assert!(by_hand.count_total > 0, "the allocator counts");
    assert_eq!(endpoints.count_total, by_hand.count_total);
}
