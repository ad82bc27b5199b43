//! Values that are opened for a request and closed at its end: a resource with a teardown, and a transaction.

use std::{
    convert::Infallible,
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, extract::State, http::StatusCode, routing};
use inject_runtime::{
    Inject, Outcome, Routes, Teardown, container, get, in_layer, inject, layer::Common, routes, tx::Tx,
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::Case;

/// Number of requests in flight.
#[in_layer(Common)]
#[derive(Default)]
struct Count(AtomicU64);

#[container]
struct App {
    #[input]
    count: Arc<Count>,
    #[input]
    pool: SqlitePool,
}

#[derive(Clone)]
struct InFlight(Arc<Count>);

impl InFlight {
    fn open(count: Arc<Count>) -> Self {
        count.0.fetch_add(1, Ordering::Relaxed);
        Self(count)
    }

    fn is_open(&self) -> bool {
        self.0.0.load(Ordering::Relaxed) == 1
    }

    async fn close(self) -> Result<(), Infallible> {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
        Ok(())
    }
}

impl Teardown for InFlight {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        self.close().await
    }
}

#[inject(teardown)]
fn in_flight(Inject(count): Inject<Arc<Count>>) -> InFlight {
    InFlight::open(count)
}

#[get("/users/7", public)]
async fn resource(in_flight: InFlight) -> &'static str {
    if in_flight.is_open() { "open" } else { "closed" }
}

/// Handler that closes the resource itself. It does not close it when the client disconnects.
async fn resource_by_hand(State(app): State<Arc<App>>) -> Result<&'static str, Infallible> {
    let in_flight = InFlight::open(app.count.clone());
    let state = if in_flight.is_open() { "open" } else { "closed" };
    in_flight.close().await?;
    Ok(state)
}

const STATEMENT: &str = "UPDATE counter SET count = count + 1";

#[get("/users/7", public)]
async fn transaction(
    #[layering(allow, reason = "the transaction is what is measured")] mut tx: Tx<Sqlite>,
) -> Result<&'static str, StatusCode> {
    let mut connection = tx.acquire().await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)?;
    match sqlx::query(STATEMENT).execute(&mut *connection).await {
        Ok(_) => Ok("counted"),
        Err(_) => Err(StatusCode::INTERNAL_SERVER_ERROR),
    }
}

async fn counted(pool: &SqlitePool) -> sqlx::Result<&'static str> {
    let mut tx = pool.begin().await?;
    sqlx::query(STATEMENT).execute(&mut *tx).await?;
    tx.commit().await?;
    Ok("counted")
}

async fn transaction_by_hand(State(app): State<Arc<App>>) -> Result<&'static str, StatusCode> {
    counted(&app.pool).await.map_err(|_| StatusCode::INTERNAL_SERVER_ERROR)
}

#[get("/users/7", public)]
async fn unused(
    #[layering(allow, reason = "the transaction is what is measured")] _tx: Tx<Sqlite>,
) -> &'static str {
    "not counted"
}

async fn unused_by_hand(State(_app): State<Arc<App>>) -> &'static str {
    "not counted"
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .idle_timeout(None)
        .max_lifetime(None)
        .connect("sqlite::memory:")
        .await?;
    sqlx::raw_sql("CREATE TABLE counter (count INTEGER); INSERT INTO counter VALUES (0);")
        .execute(&pool)
        .await?;
    let app = App::builder(AppInputs { count: Arc::default(), pool }).build().await?;
    let inject = |all: Routes<App>| all.into_router(app.clone());
    let [resource_by_hand, unused_by_hand, transaction_by_hand] =
        [routing::get(resource_by_hand), routing::get(unused_by_hand), routing::get(transaction_by_hand)]
            .map(|handler| Router::new().route("/users/7", handler).with_state(app.clone()));
    Ok(vec![
        Case::new("a resource with a teardown", resource_by_hand, inject(routes![resource])),
        Case::new("Tx<Sqlite> that is not used", unused_by_hand, inject(routes![unused])),
        Case {
            iterations: 500,
            ..Case::new("Tx<Sqlite>, begin and commit", transaction_by_hand, inject(routes![transaction]))
        },
    ])
}
