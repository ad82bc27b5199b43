//! What a request keeps for its dependents, and for how long.

use std::{
    convert::Infallible,
    sync::{
        Arc, Mutex,
        atomic::{AtomicUsize, Ordering},
    },
};

use axum::{
    body::Body,
    extract::{FromRequestParts, Request},
    http::{StatusCode, header, request::Parts},
    response::Response,
};
use inject_runtime::{Inject, Outcome, Problem, Routes, Teardown, get, inject, routes};

use crate::{
    access::roles::User,
    support::{Answer, App, Log, app, request, respond, routed},
};

/// Value that counts its clones.
pub(crate) struct Counted(Log);

impl Clone for Counted {
    fn clone(&self) -> Self {
        self.0.add("cloned");
        Self(self.0.clone())
    }
}

#[inject]
pub(crate) fn counted(Inject(log): Inject<Log>) -> Counted {
    log.add("made");
    Counted(log)
}

#[derive(Clone)]
pub(crate) struct One;

#[inject]
pub(crate) fn one(_: Counted) -> One {
    One
}

#[derive(Clone)]
pub(crate) struct Two;

#[inject]
pub(crate) async fn two(_: Counted) -> Two {
    Two
}

#[get("/once", public)]
async fn once(_: Counted) {}

#[get("/thrice", public)]
async fn thrice(_: One, _: Two, _: Counted) {}

#[tokio::test]
async fn a_value_with_one_dependent_is_not_cloned_and_the_last_of_several_takes_it() {
    let (router, log) = routed(routes![once, thrice]).await;
    for _ in 0..3 {
        respond(&router, request("GET", "/once")).await;
        assert_eq!(log.take(), ["made"]);
        respond(&router, request("GET", "/thrice")).await;
        assert_eq!(log.take(), ["made", "cloned", "cloned"]);
    }
}

/// A value that is overridden, and has one dependent.
#[tokio::test]
async fn an_override_applies_to_a_value_with_one_dependent() {
    let other = Log::default();
    let counted = other.clone();
    let routes: Routes<App> = routes![once, thrice];
    let (router, log) = routed(routes.override_provider(move |_| Counted(counted.clone()))).await;
    respond(&router, request("GET", "/once")).await;
    assert!(log.take().is_empty() && other.take().is_empty());
    respond(&router, request("GET", "/thrice")).await;
    assert!(log.take().is_empty());
    assert_eq!(other.take(), ["cloned", "cloned"]);
}

/// Extractor by hand that asks for a value of the request.
pub(crate) struct ByHand;

impl FromRequestParts<Arc<App>> for ByHand {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        Counted::from_request_parts(parts, app).await.map(|_| Self)
    }
}

#[get("/by-hand", public)]
async fn by_hand(_: ByHand, _: Counted, _: ByHand, _: One) {}

#[tokio::test]
async fn an_extractor_by_hand_shares_the_values_of_the_request() {
    let (router, log) = routed(routes![by_hand]).await;
    respond(&router, request("GET", "/by-hand")).await;
    assert_eq!(log.count("made"), 1);
}

/// Requests that handlers have kept.
static KEPT: Mutex<Vec<Parts>> = Mutex::new(Vec::new());

/// Extractor by hand that asks for the principal, and looks for one with the parts of an earlier request.
pub(crate) struct Earlier(Vec<String>);

impl FromRequestParts<Arc<App>> for Earlier {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        User::from_request_parts(parts, app).await?;
        let mut kept = std::mem::take(&mut *KEPT.lock().expect("not poisoned"));
        let mut found = Vec::new();
        for parts in &mut kept {
            parts.headers.insert(header::AUTHORIZATION, "Bearer reader".parse().expect("a value"));
            let user = User::from_request_parts(parts, app).await?;
            found.push(format!("{:?}", user.level));
        }
        Ok(Self(found))
    }
}

#[get("/keep", authenticated = User)]
async fn keep(Earlier(found): Earlier, _: User, request: Request) -> String {
    KEPT.lock().expect("not poisoned").push(request.into_parts().0);
    found.join(" ")
}

#[tokio::test]
async fn the_parts_of_an_earlier_request_do_not_reach_a_later_one() {
    let routes: Routes<App> = routes![keep];
    let router = routes.into_router(app(&Log::default()).await);
    let as_owner = || {
        let request = Request::get("/keep").header(header::AUTHORIZATION, "Bearer owner");
        request.body(Body::empty()).expect("a request")
    };
    assert_eq!(Answer::of(respond(&router, as_owner()).await).await.body, "");
    for _ in 0..3 {
        assert_eq!(Answer::of(respond(&router, as_owner()).await).await.body, "Reader");
    }
}

/// Resource whose failed teardown is a problem to the client.
#[derive(Clone)]
pub(crate) struct Booking;

#[derive(Debug, thiserror::Error)]
#[error("the seat is taken")]
pub(crate) struct Taken;

impl Teardown for Booking {
    type Error = Taken;

    async fn teardown(self, outcome: Outcome) -> Result<(), Taken> {
        if outcome.is_success() { Err(Taken) } else { Ok(()) }
    }

    fn problem(_: &Taken) -> Option<Problem> {
        Some(Problem::new(StatusCode::CONFLICT))
    }
}

#[inject(teardown)]
pub(crate) fn booking() -> Booking {
    Booking
}

/// Resource that is opened before the booking.
#[derive(Clone)]
pub(crate) struct Outer(Log);

impl Teardown for Outer {
    type Error = Infallible;

    async fn teardown(self, outcome: Outcome) -> Result<(), Infallible> {
        self.0.add(format!("{outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
pub(crate) fn outer(Inject(log): Inject<Log>) -> Outer {
    Outer(log)
}

#[get("/book", public)]
async fn book(_: Outer, _: Booking) {}

#[tokio::test]
async fn the_error_of_a_teardown_is_a_problem_of_its_choice() {
    let (router, log) = routed(routes![book]).await;
    let response = respond(&router, request("GET", "/book")).await;
    assert_eq!(response.status(), StatusCode::CONFLICT);
    assert_eq!(response.headers()[header::CONTENT_TYPE], "application/problem+json");
    assert!(!Answer::of(response).await.body.contains("seat"));
    assert_eq!(log.take(), ["Failure(409)"]);
}

/// Number of requests that are open.
static OPEN: AtomicUsize = AtomicUsize::new(0);

#[derive(Clone)]
pub(crate) struct Open;

impl Teardown for Open {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        OPEN.fetch_sub(1, Ordering::SeqCst);
        Ok(())
    }
}

#[inject(teardown)]
pub(crate) fn open() -> Open {
    OPEN.fetch_add(1, Ordering::SeqCst);
    Open
}

#[get("/open", public)]
async fn opened(_: Open, _: One, _: Two) {
    tokio::task::yield_now().await;
}

/// What ended requests leave is used again by many at once.
#[tokio::test(flavor = "multi_thread")]
async fn requests_that_follow_each_other_and_requests_at_once_share_nothing() {
    let (router, log) = routed(routes![opened]).await;
    let clients = (0..50).map(|_| {
        let router = router.clone();
        tokio::spawn(async move {
            for _ in 0..20 {
                assert_eq!(respond(&router, request("GET", "/open")).await.status(), StatusCode::OK);
            }
        })
    });
    for client in clients.collect::<Vec<_>>() {
        client.await.expect("no panic");
    }
    assert_eq!(OPEN.load(Ordering::SeqCst), 0);
    // One value for each request, and a clone for the first of its two dependents.
    assert_eq!((log.count("made"), log.count("cloned")), (1_000, 1_000));
}
