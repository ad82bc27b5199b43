//! Guards, layers and mappings: what they apply to, and that none is lost.

use std::time::Duration;

use axum::{
    Router,
    extract::Path,
    http::{HeaderValue, StatusCode, Uri},
    response::Response,
    routing,
};
use inject_runtime::{BackgroundTasks, Problem, Routes, get, inject, routes};
use tower::util::MapResponseLayer;

use super::{at, refused, refused_router};
use crate::{
    access::roles::{Level, proof},
    support::{App, Log, app, bounded, database::Store, get, routed},
};

#[derive(Clone)]
struct Denied;

#[inject]
fn deny() -> Result<Denied, Problem> {
    Err(Problem::new(StatusCode::FORBIDDEN))
}

#[get("/open", public)]
async fn open() -> &'static str {
    "open"
}

#[get("/", public)]
async fn root(uri: Uri) -> String {
    uri.to_string()
}

#[get("/items/{id}", public)]
async fn item(uri: Uri, Path(parameters): Path<Vec<(String, String)>>) -> String {
    let parameters: Vec<_> = parameters.iter().map(|(name, value)| format!("{name}={value}")).collect();
    format!("{uri} {}", parameters.join(","))
}

/// Adds a header, as CORS does.
fn marked(router: Router, name: &'static str) -> Router {
    router.layer(mark(name))
}

fn mark(name: &'static str) -> MapResponseLayer<impl Fn(Response) -> Response + Clone> {
    MapResponseLayer::new(move |mut response: Response| {
        response.headers_mut().insert(name, HeaderValue::from_static("yes"));
        response
    })
}

fn empty() -> Routes<App> {
    Routes::new().nest("/a", Routes::new().merge(Routes::new()).nest("/b", Routes::new()))
}

#[test]
fn a_guard_over_nothing_is_refused_where_it_is_called() {
    let message = refused(|| empty().guard::<Denied>());
    assert!(
        message.starts_with("`guard` guards the routes added before it, and there are none"),
        "{message}"
    );
    let message = refused(|| Routes::<Store>::new().require_role([Level::Owner]).merge(routes![proof]));
    assert!(message.starts_with("`require_role` guards the routes added before it"), "{message}");
    let message = refused(|| empty().layer(tower::layer::layer_fn(|route: routing::Route| route)));
    assert!(message.starts_with("`layer` applies to the routes added before it"), "{message}");
    // A guard does not apply to what a mapping adds.
    let mapped = || Routes::<App>::new().map_router(|router| router.route("/x", routing::get(async || ())));
    refused(|| mapped().guard::<Denied>());
    refused(|| Routes::new().merge(mapped()).guard::<Denied>());
}

#[test]
fn a_role_check_without_roles_is_refused() {
    let routes = || -> Routes<Store> { routes![proof] };
    let message = refused(|| routes().require_role(Vec::<Level>::new()));
    assert!(message.starts_with("`require_role` without roles lets nobody pass"), "{message}");
}

#[test]
fn the_place_of_a_refused_guard_is_the_place_of_the_call() {
    let place = std::sync::Arc::new(std::sync::Mutex::new(None));
    let seen = std::sync::Arc::clone(&place);
    std::thread::Builder::new()
        .name("refused".into())
        .spawn(move || {
            let before = std::panic::take_hook();
            std::panic::set_hook(Box::new(move |info| {
                if std::thread::current().name() == Some("refused") {
                    *seen.lock().unwrap() = info.location().map(ToString::to_string);
                } else {
                    before(info);
                }
            }));
            _ = refused(|| empty().guard::<Denied>());
        })
        .expect("a thread")
        .join()
        .expect("it is refused");
    let place = place.lock().unwrap().take().expect("a place");
    assert!(place.starts_with(file!()), "{place}");
}

#[tokio::test]
async fn a_guard_covers_a_plain_router_and_not_what_is_not_found() {
    let plain: Router<_> = Router::new().route("/plain", routing::get(async || "plain"));
    let routes = Routes::from(plain).guard::<Denied>().merge(routes![open]);
    let (router, _) = routed(routes).await;
    assert_eq!(get(&router, "/plain").await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&router, "/open").await.status, StatusCode::OK);
    assert_eq!(get(&router, "/unknown").await.status, StatusCode::NOT_FOUND);

    let fallback: Router<_> = Router::new().fallback(async || "fallback");
    let (router, _) = routed(Routes::from(fallback).guard::<Denied>().merge(routes![open])).await;
    assert_eq!(get(&router, "/unknown").await.status, StatusCode::FORBIDDEN);
    assert_eq!(get(&router, "/open").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_mapping_of_merged_and_nested_routes_is_kept() {
    let nested: Routes<App> = routes![item, root];
    let nested = nested.map_router(|router| marked(router, "x-nested"));
    let outer: Routes<App> = Routes::new().nest("/shops/{shop}", nested);
    let merged: Routes<App> = routes![open];
    let merged = merged.map_router(|router| marked(router, "x-merged"));
    let (router, _) = routed(Routes::new().nest("/api", outer).merge(merged)).await;

    for (path, expected) in
        [("/api/shops/3/items/4", "/api/shops/3/items/4 shop=3,id=4"), ("/api/shops/3", "/api/shops/3")]
    {
        let answer = get(&router, path).await;
        assert_eq!(answer.status, StatusCode::OK, "{path}");
        assert_eq!(answer.headers.get("x-nested").expect("kept"), "yes", "{path}");
        assert!(!answer.headers.contains_key("x-merged"), "{path}");
        assert_eq!(answer.body, expected);
    }
    let answer = get(&router, "/open").await;
    assert_eq!((&*answer.body, answer.headers.contains_key("x-merged")), ("open", true));
    assert!(!answer.headers.contains_key("x-nested"));
}

#[tokio::test]
async fn mappings_at_several_levels_are_all_applied() {
    let inner: Routes<App> = routes![item];
    let inner =
        inner.map_router(|router| marked(router, "x-inner")).map_router(|router| marked(router, "x-second"));
    let middle = Routes::new().nest("/b", inner).map_router(|router| marked(router, "x-middle"));
    let outer = Routes::new().nest("/a", middle).map_router(|router| marked(router, "x-outer"));
    let (router, _) = routed(outer).await;
    let answer = get(&router, "/a/b/items/1?q=2").await;
    assert_eq!(answer.body, "/a/b/items/1?q=2 id=1");
    for name in ["x-inner", "x-second", "x-middle", "x-outer"] {
        assert!(answer.headers.contains_key(name), "{name}: {answer:?}");
    }
}

#[tokio::test]
async fn a_mapping_of_nested_routes_adds_routes_and_a_fallback_below_the_prefix() {
    let nested: Routes<App> = routes![open];
    let nested = nested.map_router(|router: Router| {
        router
            .route("/more", routing::get(async || "more"))
            .fallback(async || (StatusCode::NOT_FOUND, "below"))
    });
    let (router, _) = routed(Routes::new().nest("/api", nested).merge(routes![item])).await;
    assert_eq!(get(&router, "/api/more").await.body, "more");
    assert_eq!(get(&router, "/api/open").await.body, "open");
    assert_eq!(get(&router, "/api/unknown").await.body, "below");
    assert_eq!(get(&router, "/more").await.status, StatusCode::NOT_FOUND);
    let elsewhere = get(&router, "/unknown").await;
    assert_eq!((elsewhere.status, &*elsewhere.body), (StatusCode::NOT_FOUND, ""));
}

#[tokio::test]
async fn a_guard_around_mapped_routes_covers_their_endpoints() {
    let nested: Routes<App> = routes![open];
    let nested = nested.map_router(|router| marked(router, "x-nested"));
    let (router, _) = routed(Routes::new().nest("/api", nested).guard::<Denied>()).await;
    let answer = get(&router, "/api/open").await;
    assert_eq!((answer.status, answer.headers.contains_key("x-nested")), (StatusCode::FORBIDDEN, true));
}

#[tokio::test]
async fn a_layer_of_nested_routes_does_not_apply_to_what_is_not_found() {
    let nested: Routes<App> = routes![open];
    let (router, _) =
        routed(Routes::new().nest("/api", nested.layer(mark("x-nested"))).merge(routes![item])).await;
    assert!(get(&router, "/api/open").await.headers.contains_key("x-nested"));
    assert!(!get(&router, "/unknown").await.headers.contains_key("x-nested"));
    let all: Routes<App> = routes![open];
    let (router, _) = routed(all.layer(mark("x-all"))).await;
    assert!(get(&router, "/unknown").await.headers.contains_key("x-all"));
}

#[tokio::test]
async fn two_fallbacks_are_refused_with_a_place() {
    let with_fallback = || -> Routes<App> { Router::new().fallback(async || "mine").into() };
    let message = refused_router(Routes::new().merge(with_fallback()).merge(with_fallback())).await;
    let expected = format!("axum rejects the plain router that is merged at {}", file!());
    assert!(message.starts_with(&expected) && message.contains("fallback"), "{message}");

    let mapped = || {
        let routes: Routes<App> = Routes::new();
        routes.map_router(|router: Router| router.fallback(async || "mine"))
    };
    let message = refused_router(Routes::new().merge(mapped()).merge(mapped())).await;
    let expected = format!("axum rejects the router that is mapped at {}", file!());
    assert!(message.starts_with(&expected) && message.contains("fallback"), "{message}");
}

#[tokio::test]
async fn a_panic_in_a_mapping_has_its_place() {
    let routes: Routes<App> = routes![open];
    let line = line!() + 1;
    let routes = routes.map_router(|router: Router| router.route("/open", routing::get(async || ())));
    let message = refused_router(routes).await;
    assert!(message.starts_with(&format!("`map_router` at {} panicked", at!(line))), "{message}");
    assert!(message.contains("GET /open"), "{message}");
}

#[derive(Clone)]
struct Day(&'static str);

#[inject]
fn today() -> Day {
    Day("today")
}

#[get("/day", public)]
async fn day(day: Day) -> &'static str {
    day.0
}

#[get("/outer-day", public)]
async fn outer_day(day: Day) -> &'static str {
    day.0
}

#[tokio::test]
async fn an_override_of_nested_routes_is_kept_unless_the_outer_routes_have_one() {
    let nested = || {
        let routes: Routes<App> = routes![day];
        routes.override_provider(|_| Day("nested"))
    };
    let (router, _) = routed(Routes::new().nest("/a", nested()).merge(routes![outer_day])).await;
    assert_eq!(get(&router, "/a/day").await.body, "nested");
    assert_eq!(get(&router, "/outer-day").await.body, "nested");
    let outer: Routes<App> = routes![outer_day];
    let (router, _) = routed(outer.override_provider(|_| Day("outer")).merge(nested())).await;
    assert_eq!(get(&router, "/day").await.body, "outer");
}

#[get("/late", public)]
async fn late(tasks: BackgroundTasks) {
    tasks.add("late", std::future::pending());
}

#[tokio::test]
async fn the_tracker_of_nested_routes_is_a_handle_on_that_of_the_outer_routes() {
    let nested: Routes<App> = routes![late];
    let inner = nested.tasks();
    let middle = Routes::new().nest("/a", nested);
    let routes = Routes::new().merge(middle);
    let outer = routes.tasks();
    let router = routes.into_router(app(&Log::default()).await);
    assert_eq!(get(&router, "/a/late").await.status, StatusCode::OK);
    bounded(async {
        while inner.running().is_empty() {
            tokio::task::yield_now().await;
        }
    })
    .await;
    assert_eq!((inner.running(), outer.running()), (vec!["late".to_owned()], vec!["late".to_owned()]));
    let error = inner.drain(Duration::from_millis(1)).await.expect_err("it does not end");
    assert_eq!(error.names(), ["late"]);
    assert_eq!(outer.running(), [""; 0]);
}
