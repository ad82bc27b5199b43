//! Service that is built for each request, as the parameter of a plain axum handler.

use std::{convert::Infallible, error::Error, sync::Arc};

use axum::{
    Router,
    extract::{FromRequestParts, State},
    http::request::Parts,
    routing::get,
};
use inject_runtime::{Inject, container, in_layer, layer::Infrastructure, repository, service};

use crate::Case;

#[in_layer(Infrastructure)]
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
    #[input]
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

/// Usual handler without a library: `State` clones the `Arc<App>` for the handler.
async fn from_state(State(app): State<Arc<App>>) -> &'static str {
    app.checkout().buy()
}

/// Minimal extractor without a library, for this one service.
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

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let pool = Pool { connections: Arc::new(vec!["one".to_owned()]) };
    let app = App::builder(AppInputs { pool }).build().await?;
    let injected = Router::new().route("/users/7", get(injected)).with_state(app.clone());
    let from_state = Router::new().route("/users/7", get(from_state)).with_state(app.clone());
    let by_hand = Router::new().route("/users/7", get(extracted_by_hand)).with_state(app);
    Ok(vec![
        Case::new("a plain handler with Inject<T>, and State", from_state, injected.clone()),
        Case::new("a plain handler with Inject<T>, and an extractor", by_hand, injected),
    ])
}
