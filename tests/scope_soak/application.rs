//! Endpoints with a resource until the head, and one until the end of the body or the session.

use std::{convert::Infallible, time::Duration};

use axum::{
    body::Body,
    extract::{Path, ws::Message},
    http::StatusCode,
    response::{IntoResponse as _, Response, sse},
};
use futures_util::{StreamExt as _, stream};
use inject_runtime::{
    BoxError, Inject, Outcome, Problem, Routes, SessionUpgrade, Teardown, container, get, inject, routes,
};
use tokio::time::sleep;
use tower::limit::ConcurrencyLimitLayer;
use tower_http::{
    catch_panic::CatchPanicLayer, compression::CompressionLayer, timeout::TimeoutLayer, trace::TraceLayer,
};

use crate::ledger::{Ledger, Until};

#[container]
pub(crate) struct App {
    #[input]
    ledger: Ledger,
}

macro_rules! resources {
    ($($name:ident $open:ident($($until:tt)*) $lifetime:expr;)*) => {$(
        #[derive(Clone)]
        struct $name {
            id: usize,
            ledger: Ledger,
        }

        impl Teardown for $name {
            type Error = Infallible;

            async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
                if self.id % 5 == 0 {
                    sleep(Duration::from_micros(500)).await;
                }
                self.ledger.close(self.id, $lifetime, outcome);
                Ok(())
            }
        }

        #[inject(teardown $($until)*)]
        async fn $open(Path((id, _)): Path<(usize, String)>, Inject(ledger): Inject<Ledger>) -> $name {
            if id % 7 == 0 {
                tokio::task::yield_now().await;
            }
            // A provider that is canceled before its end has no resource.
            ledger.open(id, $lifetime);
            $name { id, ledger }
        }
    )*};
}

resources! {
    Desk desk() Until::Head;
    Seat seat(, until = body) Until::Body;
}

/// Provider that rejects some requests when the resources are open.
#[derive(Clone)]
struct Gate;

#[inject]
fn gate(Path((_, ends)): Path<(usize, String)>) -> Result<Gate, Problem> {
    if ends == "reject" { Err(Problem::new(StatusCode::FORBIDDEN)) } else { Ok(Gate) }
}

#[get("/visits/{id}/{ends}", public)]
async fn visit(_: Desk, seat: Seat, _: Gate, Path((id, ends)): Path<(usize, String)>) -> Response {
    for _ in 0..id % 12 {
        sleep(Duration::from_millis(1)).await;
    }
    match &*ends {
        "fail" => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        "conflict" => StatusCode::CONFLICT.into_response(),
        "panic" => panic!("out of cheese"),
        "slow" => {
            sleep(Duration::from_millis(30)).await;
            "slow".into_response()
        }
        _ => {
            let parts = stream::iter(0..4).then(move |part| {
                let seat = seat.clone();
                async move {
                    sleep(Duration::from_micros(300)).await;
                    Ok::<_, Infallible>(format!("{part} of {}\n", seat.id))
                }
            });
            Body::from_stream(parts).into_response()
        }
    }
}

/// Answers each message with its text.
#[get("/sockets/{id}/{layer}", public)]
async fn socket(upgrade: SessionUpgrade, _: Desk, seat: Seat) -> Response {
    upgrade.scoped(async move |mut socket| {
        while let Some(message) = socket.recv().await {
            let Message::Text(text) = message? else { continue };
            assert!(seat.id > 0);
            socket.send(Message::Text(text)).await?;
        }
        Ok::<_, BoxError>(())
    })
}

/// Stream of events without an end.
#[get("/events/{id}/{layer}", public)]
async fn events(
    _: Desk,
    seat: Seat,
) -> sse::Sse<impl futures_util::Stream<Item = Result<sse::Event, Infallible>>> {
    sse::Sse::new(stream::repeat(seat).then(async |seat| {
        sleep(Duration::from_millis(1)).await;
        Ok(sse::Event::default().data(seat.id.to_string()))
    }))
}

/// Names of the layers, the prefixes of the routes that are in them.
pub(crate) const LAYERS: [&str; 5] = ["timeout", "limit", "catch", "compressed", "traced"];

pub(crate) fn routes() -> Routes<App> {
    fn all() -> Routes<App> {
        routes![visit, socket, events]
    }
    let limit = TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, Duration::from_millis(25));
    Routes::new()
        .nest("/timeout", all().layer(limit))
        .nest("/limit", all().layer(ConcurrencyLimitLayer::new(16)))
        .nest("/catch", all().layer(CatchPanicLayer::new()))
        .nest("/compressed", all().layer(CompressionLayer::new()))
        .nest("/traced", all().layer(TraceLayer::new_for_http()))
}
