//! Cost of the library in a whole request, compared with hand-written axum handlers.
//!
//! ```text
//! cargo bench -p inject-benches --bench request
//! cargo bench -p inject-benches --bench request -- --row ladder
//! ```

#![allow(
    clippy::unused_async,
    clippy::needless_pass_by_value,
    clippy::result_large_err,
    reason = "handlers and providers have the signatures that they have in applications"
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
use inject_benches::{Pair, compare, is_bench_run, is_whole_run};
use tokio::{runtime::Runtime, task::yield_now};
use tower::ServiceExt;

/// Request that two routers handle with the same response.
struct Case {
    name: String,
    hand: Router,
    inject: Router,
    request: Sent,
    /// Expected status of the response. It ensures that the bench measures the intended path.
    status: StatusCode,
    iterations: u64,
}

impl Case {
    /// Creates a case whose response has the status 200.
    fn new(name: impl Into<String>, hand: Router, inject: Router) -> Self {
        Self {
            name: name.into(),
            hand,
            inject,
            request: Sent::default(),
            status: StatusCode::OK,
            iterations: 1_000,
        }
    }
}

/// Function that handles the given number of requests.
type Run<'a> = Box<dyn Fn(u64) + 'a>;

/// Request to send.
#[derive(Clone, Default)]
struct Sent {
    /// Value of `Authorization`. A clone refers to the same bytes, as it does when hyper has read the header from a
    /// connection.
    token: Option<HeaderValue>,
    /// Whether the response leaves a background task that the bench has to wait for.
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

    /// Sends the request `times` times, one after the other.
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

    /// Returns status, headers and body of the response.
    fn response(&self, runtime: &Runtime, router: &Router) -> (StatusCode, Vec<String>, Option<Bytes>) {
        runtime.block_on(async {
            let response = self.to(router).await;
            let mut headers: Vec<_> =
                response.headers().iter().map(|(name, value)| format!("{name}: {value:?}")).collect();
            headers.sort();
            (response.status(), headers, read(response.into_body()).await)
        })
    }
}

/// Reads a body as hyper does, which stops polling when the body reports its end.
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
    if !is_bench_run() {
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
        let by_hand = request.response(&runtime, hand);
        assert_eq!(by_hand, request.response(&runtime, inject), "{name}: both sides give the same response");
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
        .map(|(case, [hand, inject])| Pair { name: &case.name, hand, inject, iterations: case.iterations })
        .collect();
    let counted = compare(&pairs)?;
    if is_whole_run() {
        ladder::print_each(&counted);
        ladder::print_runs(&runtime)?;
    }
    Ok(())
}
