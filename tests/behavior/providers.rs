//! Providers: which of them run, how often, and in which order.

use axum::http::{HeaderMap, StatusCode};
use inject_runtime::{Inject, Problem, Routes, Uncached, get, inject, routes};

use crate::support::{App, Log, get, request, routed, send};

/// Number of earlier runs of its provider.
#[derive(Clone)]
struct Number(usize);

#[inject]
fn number(Inject(log): Inject<Log>) -> Number {
    Number(log.add("number"))
}

/// The number that its provider received.
#[derive(Clone)]
struct Dependent(usize);

#[inject]
async fn dependent(number: Number, Inject(log): Inject<Log>) -> Dependent {
    log.add("dependent");
    Dependent(number.0)
}

#[get("/once", public)]
async fn once(number: Number) -> String {
    number.0.to_string()
}

#[get("/shared", public)]
async fn shared(number: Number, dependent: Dependent) -> String {
    format!("{} {}", number.0, dependent.0)
}

#[get("/shared-reversed", public)]
async fn shared_reversed(dependent: Dependent, number: Number) -> String {
    format!("{} {}", number.0, dependent.0)
}

#[get("/uncached", public)]
async fn uncached(Uncached(own): Uncached<Number>, dependent: Dependent, number: Number) -> String {
    format!("{} {} {}", own.0, dependent.0, number.0)
}

#[get("/uncached-last", public)]
async fn uncached_last(number: Number, dependent: Dependent, Uncached(own): Uncached<Number>) -> String {
    format!("{} {} {}", own.0, dependent.0, number.0)
}

fn numbers() -> Routes<App> {
    routes![once, shared, shared_reversed, uncached, uncached_last]
}

#[tokio::test]
async fn a_provider_runs_once_in_each_request_and_its_value_does_not_outlive_the_request() {
    let (router, log) = routed(numbers()).await;
    for expected in ["0", "1"] {
        assert_eq!(get(&router, "/once").await.body, expected);
    }
    assert_eq!(log.take(), ["number", "number"]);
    for expected in ["0 0", "1 1"] {
        assert_eq!(get(&router, "/shared").await.body, expected);
    }
    assert_eq!(log.take(), ["number", "dependent", "number", "dependent"]);
}

#[tokio::test]
async fn a_provider_with_two_dependents_runs_once_and_both_get_the_same_value() {
    for path in ["/shared", "/shared-reversed"] {
        let (router, log) = routed(numbers()).await;
        assert_eq!(get(&router, path).await.body, "0 0");
        assert_eq!(log.take(), ["number", "dependent"]);
    }
}

/// Number of earlier runs of its provider, which runs for each dependent.
struct Ticket(usize);

#[inject(uncached)]
fn ticket(Inject(log): Inject<Log>) -> Ticket {
    Ticket(log.add("ticket"))
}

#[derive(Clone)]
struct Holder(usize);

#[inject]
fn holder(ticket: Ticket) -> Holder {
    Holder(ticket.0)
}

#[get("/tickets", public)]
async fn tickets(ticket: Ticket, holder: Holder) -> String {
    format!("{} {}", ticket.0, holder.0)
}

#[tokio::test]
async fn an_uncached_provider_runs_again_and_the_cached_value_stays() {
    for (path, expected) in [("/uncached", "0 1 1"), ("/uncached-last", "1 0 0")] {
        let (router, log) = routed(numbers()).await;
        assert_eq!(get(&router, path).await.body, expected, "{path}");
        assert_eq!(log.count("number"), 2, "{path}");
    }
    let (router, log) = routed(routes![tickets]).await;
    assert_eq!(get(&router, "/tickets").await.body, "0 1");
    assert_eq!(log.take(), ["ticket", "ticket"]);
}

/// A ladder of provider pairs: each provider of a rung needs both providers of the rung below.
macro_rules! ladder {
    (; $left:ident $right:ident $provide_left:ident $provide_right:ident, $($rest:tt)*) => {
        ladder!(@rung [] $left $right $provide_left $provide_right);
        ladder!(@above $left $right; $($rest)*);
    };
    (@above $below_left:ident $below_right:ident;
        $left:ident $right:ident $provide_left:ident $provide_right:ident, $($rest:tt)*) => {
        ladder!(@rung [$below_left, $below_right] $left $right $provide_left $provide_right);
        ladder!(@above $left $right; $($rest)*);
    };
    (@above $below_left:ident $below_right:ident;) => {
        #[get("/ladder", public)]
        async fn ladder(_: $below_left, _: $below_right) {}
    };
    (@rung [$($below:ident),*] $left:ident $right:ident $provide_left:ident $provide_right:ident) => {
        ladder!(@provider [$($below),*] $left $provide_left);
        ladder!(@provider [$($below),*] $right $provide_right);
    };
    (@provider [$($below:ident),*] $name:ident $provide:ident) => {
        #[derive(Clone)]
        struct $name;

        #[inject]
        fn $provide($(_: $below,)* Inject(log): Inject<Log>) -> $name {
            log.add(stringify!($name));
            $name
        }
    };
}

ladder! {;
    L01 R01 l01 r01, L02 R02 l02 r02, L03 R03 l03 r03, L04 R04 l04 r04, L05 R05 l05 r05,
    L06 R06 l06 r06, L07 R07 l07 r07, L08 R08 l08 r08, L09 R09 l09 r09, L10 R10 l10 r10,
    L11 R11 l11 r11, L12 R12 l12 r12, L13 R13 l13 r13, L14 R14 l14 r14, L15 R15 l15 r15,
    L16 R16 l16 r16, L17 R17 l17 r17, L18 R18 l18 r18, L19 R19 l19 r19, L20 R20 l20 r20,
}

/// The ladder has 40 providers and 2^20 paths.
#[tokio::test]
async fn each_provider_of_a_ladder_of_diamonds_runs_once_however_many_paths_lead_to_it() {
    let (router, log) = routed(routes![ladder]).await;
    assert_eq!(get(&router, "/ladder").await.status, 200);
    let mut events = log.take();
    assert_eq!(events.len(), 40, "each once: {events:?}");
    events.sort();
    events.dedup();
    assert_eq!(events.len(), 40, "each once");
}

/// Providers that take the given number of milliseconds.
macro_rules! slow {
    ($($name:ident: $provide:ident, $delay:literal;)*) => {$(
        #[derive(Clone)]
        struct $name;

        #[inject]
        async fn $provide(Inject(log): Inject<Log>) -> $name {
            log.add(concat!("start ", stringify!($provide)));
            tokio::time::sleep(std::time::Duration::from_millis($delay)).await;
            $name
        }
    )*};
}

slow! {
    First: first, 30;
    Second: second, 20;
    Third: third, 10;
}

#[get("/", public)]
async fn independent(_: First, _: Second, _: Third) {}

#[get("/reversed", public)]
async fn independent_reversed(_: Third, _: Second, _: First) {}

#[tokio::test(start_paused = true)]
async fn independent_providers_start_in_the_order_of_the_parameters() {
    let (router, log) = routed(routes![independent, independent_reversed]).await;
    get(&router, "/").await;
    assert_eq!(log.take(), ["start first", "start second", "start third"]);
    get(&router, "/reversed").await;
    assert_eq!(log.take(), ["start third", "start second", "start first"]);
}

/// Value of a provider that is declared only for its effect.
#[derive(Clone)]
struct KeyChecked;

#[inject]
fn check_key(headers: HeaderMap, Inject(log): Inject<Log>) -> Result<KeyChecked, Problem> {
    log.add("check");
    match headers.get("x-key") {
        Some(key) if key == "secret" => Ok(KeyChecked),
        _ => Err(Problem::new(StatusCode::BAD_REQUEST).with_detail("X-Key is wrong")),
    }
}

#[get("/parameter", public)]
async fn for_its_effect(_: KeyChecked, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[get("/guard", public)]
async fn guarded(Inject(log): Inject<Log>) {
    log.add("handler");
}

#[tokio::test]
async fn a_provider_whose_value_is_unused_runs_and_can_reject() {
    let routes = Routes::new().merge(routes![for_its_effect]).merge(routes![guarded].guard::<KeyChecked>());
    let (router, log) = routed(routes).await;
    for path in ["/parameter", "/guard"] {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert!(answer.body.contains("X-Key is wrong"), "{}", answer.body);
        assert_eq!(log.take(), ["check"], "{path}");

        let mut request = request("GET", path);
        request.headers_mut().insert("x-key", "secret".parse().expect("a header"));
        assert_eq!(send(&router, request).await.status, StatusCode::OK, "{path}");
        assert_eq!(log.take(), ["check", "handler"], "{path}");
    }
}

/// Providers that log the level at which they are declared.
macro_rules! levels {
    ($($name:ident: $provide:ident, $label:literal;)*) => {$(
        #[derive(Clone)]
        struct $name;

        #[inject]
        fn $provide(Inject(log): Inject<Log>) -> $name {
            log.add($label);
            $name
        }
    )*};
}

levels! {
    OfParameter: of_parameter, "parameter";
    OfRoute: of_route, "route";
    OfRouter: of_router, "router";
    OfApplication: of_application, "application";
}

#[get("/level", public)]
async fn level(_: OfParameter, Inject(log): Inject<Log>) {
    log.add("handler");
}

#[tokio::test]
async fn guards_of_application_router_and_route_run_outermost_first_and_before_parameters() {
    let router = routes![level].guard::<OfRoute>();
    let application = Routes::new().nest("/router", Routes::new().merge(router).guard::<OfRouter>());
    let (router, log) = routed(application.guard::<OfApplication>()).await;
    assert_eq!(get(&router, "/router/level").await.status, StatusCode::OK);
    assert_eq!(log.take(), ["application", "router", "route", "parameter", "handler"]);
}
