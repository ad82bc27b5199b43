//! What it costs to inject a service into a handler, as part of a whole request.
//!
//! ```text
//! cargo bench -p inject-benches --bench request
//! ```

use std::{convert::Infallible, error::Error, hint::black_box, sync::Arc};

use axum::{
    Router,
    body::Body,
    extract::{FromRequestParts, State},
    http::{Request, request::Parts},
    routing::get,
};
use inject_benches::{Pair, compare, is_asked_for};
use inject_runtime::{Inject, container, infrastructure, repository, service};
use tokio::runtime::Runtime;
use tower::ServiceExt;

#[infrastructure(layer_only)]
#[derive(Clone)]
struct Pool {
    connections: Arc<Vec<String>>,
}

#[repository]
struct Users {
    pool: Pool,
}

#[repository]
struct Orders {
    pool: Pool,
}

#[repository]
struct Stock {
    pool: Pool,
}

#[service]
struct Checkout {
    users: Users,
    orders: Orders,
    stock: Stock,
    mailer: Arc<dyn Mailer>,
}

#[service]
trait Mailer: Send + Sync {
    fn send(&self, connections: usize) -> &'static str;
}

#[service]
struct SmtpMailer;

impl Mailer for SmtpMailer {
    fn send(&self, connections: usize) -> &'static str {
        if connections == 3 { "sent" } else { "lost" }
    }
}

impl Checkout {
    fn buy(&self) -> &'static str {
        let pools = [&self.users.pool, &self.orders.pool, &self.stock.pool];
        self.mailer.send(pools.iter().map(|pool| pool.connections.len()).sum())
    }
}

#[container]
struct App {
    #[provided]
    pool: Pool,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

impl App {
    fn checkout(&self) -> Checkout {
        Checkout {
            users: Users { pool: self.pool.clone() },
            orders: Orders { pool: self.pool.clone() },
            stock: Stock { pool: self.pool.clone() },
            mailer: self.mailer.clone(),
        }
    }
}

async fn injected(Inject(checkout): Inject<Checkout>) -> &'static str {
    checkout.buy()
}

/// What one writes without a library: `State` clones the `Arc<App>` for the handler.
async fn from_state(State(app): State<Arc<App>>) -> &'static str {
    app.checkout().buy()
}

/// The least that one can write without a library: an extractor of its own, for this one service.
struct ByHand(Checkout);

impl FromRequestParts<Arc<App>> for ByHand {
    type Rejection = Infallible;

    async fn from_request_parts(_: &mut Parts, app: &Arc<App>) -> Result<Self, Infallible> {
        Ok(Self(app.checkout()))
    }
}

async fn extracted_by_hand(ByHand(checkout): ByHand) -> &'static str {
    checkout.buy()
}

/// Sends so many requests, one after the other.
fn send(runtime: &Runtime, router: &Router, times: u64) {
    runtime.block_on(async {
        for _ in 0..times {
            let request = Request::builder().uri("/checkout").body(Body::empty());
            let Ok(request) = request else { unreachable!("the request is well-formed") };
            let Ok(response) = router.clone().oneshot(request).await;
            assert!(black_box(response).status().is_success(), "the route exists");
        }
    });
}

/// Of each of the pairs.
const ITERATIONS: u64 = 2_000;

fn main() -> Result<(), Box<dyn Error>> {
    if !is_asked_for() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let pool = Pool { connections: Arc::new(vec!["one".to_owned()]) };
    let app = runtime.block_on(App::builder(AppInputs { pool }).build())?;
    let injected = Router::new().route("/checkout", get(injected)).with_state(app.clone());
    let from_state = Router::new().route("/checkout", get(from_state)).with_state(app.clone());
    let by_hand = Router::new().route("/checkout", get(extracted_by_hand)).with_state(app);

    compare(&[
        Pair {
            name: "Inject<T>, and State<Arc<App>> by hand",
            hand: &|times| send(&runtime, &from_state, times),
            inject: &|times| send(&runtime, &injected, times),
            iterations: ITERATIONS,
        },
        Pair {
            name: "Inject<T>, and an extractor by hand",
            hand: &|times| send(&runtime, &by_hand, times),
            inject: &|times| send(&runtime, &injected, times),
            iterations: ITERATIONS,
        },
        Pair {
            name: "by hand twice: the noise",
            hand: &|times| send(&runtime, &by_hand, times),
            inject: &|times| send(&runtime, &by_hand, times),
            iterations: ITERATIONS,
        },
    ])
}
