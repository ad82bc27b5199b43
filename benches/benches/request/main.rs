//! What the library costs as part of a whole request, against axum handlers that are written by hand.
//!
//! ```text
//! cargo bench -p inject-benches --bench request
//! ```

#![allow(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    clippy::result_large_err,
    reason = "handlers and providers look as they do in applications, whatever they do"
)]
#![allow(clippy::large_futures, reason = "containers are built once")]
#![allow(clippy::eq_op, reason = "the level below the first is `1 - 1`")]

mod background;
mod component;
mod ladder;
mod plain;
mod principal;
mod resource;
mod scoped;

use std::{error::Error, future::poll_fn, hint::black_box, pin::Pin};

use axum::{
    Router,
    body::{Body, Bytes, HttpBody},
    http::{HeaderValue, Request, StatusCode, header},
    response::Response,
};
use inject_benches::{Pair, compare, is_asked_for};
use tokio::{runtime::Runtime, task::yield_now};
use tower::ServiceExt;

/// The same request, answered by two routers.
struct Case {
    name: &'static str,
    hand: Router,
    inject: Router,
    request: Sent,
    /// Of the response, so that nothing is measured but what is meant.
    status: StatusCode,
    iterations: u64,
}

impl Case {
    /// A request that is answered with 200.
    fn new(name: &'static str, hand: Router, inject: Router) -> Self {
        Self { name, hand, inject, request: Sent::default(), status: StatusCode::OK, iterations: 1_000 }
    }
}

/// Does it so many times.
type Run<'a> = Box<dyn Fn(u64) + 'a>;

/// What is sent.
#[derive(Clone, Default)]
struct Sent {
    /// In `Authorization`. Cloned as it is where hyper has read it: a reference to the bytes of the connection.
    token: Option<HeaderValue>,
    /// Whether the response leaves something behind, which is to be waited for.
    leaves_tasks: bool,
}

impl Sent {
    async fn to(&self, router: &Router) -> Response {
        let mut request = Request::builder().uri("/users/7");
        if let Some(token) = &self.token {
            request = request.header(header::AUTHORIZATION, token.clone());
        }
        let Ok(request) = request.body(Body::empty()) else { unreachable!("the request is well-formed") };
        let Ok(response) = router.clone().oneshot(request).await;
        response
    }

    /// Sends so many requests, one after the other.
    fn repeat(&self, runtime: &Runtime, router: &Router, times: u64) {
        runtime.block_on(async {
            for _ in 0..times {
                black_box(read(self.to(router).await.into_body()).await);
                if self.leaves_tasks {
                    yield_now().await;
                }
            }
        });
    }

    /// Status, headers and body.
    fn answer(&self, runtime: &Runtime, router: &Router) -> (StatusCode, Vec<String>, Option<Bytes>) {
        runtime.block_on(async {
            let response = self.to(router).await;
            let mut headers: Vec<_> =
                response.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.sort();
            (response.status(), headers, read(response.into_body()).await)
        })
    }
}

/// Reads a body as hyper does, which asks for no more once it is told that there is none.
async fn read(mut body: Body) -> Option<Bytes> {
    let mut last = None;
    while !body.is_end_stream() {
        match poll_fn(|cx| Pin::new(&mut body).poll_frame(cx)).await {
            Some(Ok(frame)) => last = frame.into_data().ok(),
            Some(Err(_)) | None => break,
        }
    }
    last
}

fn main() -> Result<(), Box<dyn Error>> {
    if !is_asked_for() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let mut cases = Vec::new();
    runtime.block_on(async {
        cases.extend(plain::cases().await?);
        cases.extend(component::cases().await?);
        cases.extend(scoped::cases().await?);
        cases.extend(principal::cases().await?);
        cases.extend(ladder::cases().await?);
        cases.extend(resource::cases().await?);
        cases.extend(background::cases().await?);
        Ok::<_, Box<dyn Error>>(())
    })?;
    for Case { name, hand, inject, request, status, .. } in &cases {
        let by_hand = request.answer(&runtime, hand);
        assert_eq!(by_hand, request.answer(&runtime, inject), "{name}: both sides answer the same");
        assert_eq!(by_hand.0, *status, "{name}");
    }

    let runs: Vec<[Run<'_>; 2]> = cases
        .iter()
        .map(|case| {
            [&case.hand, &case.inject].map(|router| {
                let (runtime, router, request) = (&runtime, router.clone(), case.request.clone());
                Box::new(move |times| request.repeat(runtime, &router, times)) as Run<'_>
            })
        })
        .collect();
    let pairs: Vec<_> = cases
        .iter()
        .zip(&runs)
        .map(|(case, [hand, inject])| Pair { name: case.name, hand, inject, iterations: case.iterations })
        .collect();
    compare(&pairs)?;
    ladder::count(&runtime)
}
