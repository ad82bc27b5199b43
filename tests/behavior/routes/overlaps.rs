//! Endpoints that match the same requests.

use axum::{Router, http::StatusCode, routing};
use inject_runtime::{Routes, get, head, post, routes};

use super::{at, refused, refused_router};
use crate::support::{App, get, request, routed, send};

const FIRST: u32 = line!() + 2;
#[get("/users/{id}", public)]
async fn by_id() {}

#[get("/users/{name}", public)]
async fn by_name() {}

#[post("/users/{user}", public)]
async fn update() {}

#[get("/users/{*path}", public)]
async fn below() {}

#[get("/users/{user}/books", public)]
async fn books() {}

#[get("/page", public)]
async fn page() -> &'static str {
    "page"
}

#[head("/page", public)]
async fn head_of_page() -> (StatusCode, &'static str) {
    (StatusCode::ACCEPTED, "")
}

#[get("/", public)]
async fn index() {}

fn one<const N: usize>(routes: [Routes<App>; N]) -> Routes<App> {
    routes.into_iter().fold(Routes::new(), Routes::merge)
}

#[tokio::test]
async fn two_endpoints_for_the_same_requests_are_refused_with_both_places() {
    let added = line!() + 1;
    let message = refused_router(one([routes![by_id], routes![by_name]])).await;
    let expected = format!(
        "`by_id` and `by_name`: both answer GET /users/{{name}}: give one of them another path or method \
         [inject/endpoint]\n  `by_id` at {}: GET /users/{{id}}, added at {}\n  `by_name` at {}: GET /users/{{name}}, \
         added at {}",
        at!(FIRST),
        at!(added),
        at!(FIRST + 3),
        at!(added),
    );
    assert_eq!(message, expected);
}

#[tokio::test]
async fn one_endpoint_added_twice_is_refused_with_the_places_where_it_is_added() {
    let twice = |routes: Routes<App>| refused_router(routes);
    let first: Routes<App> = routes![page];
    let line = line!() + 1;
    let second: Routes<App> = routes![page];
    let message = twice(first.merge(second)).await;
    assert!(message.contains(&format!("added at {}\n", at!(line - 2))), "{message}");
    assert!(message.ends_with(&format!("added at {}", at!(line))), "{message}");

    let nested = Routes::new().nest("/a", routes![index]).nest("/a", routes![index]);
    assert!(twice(nested).await.contains("both answer GET /a"));
    // `/a` is `/` below `/a`, and `/a/{x}` is `/{y}` below `/a/{x}` only if the prefix is a part of the path.
    let joined =
        Routes::new().nest("/users", Routes::new().nest("/{id}", routes![index])).merge(routes![by_name]);
    assert!(twice(joined).await.contains("both answer GET /users/{name}"));
}

#[tokio::test]
async fn one_path_has_one_name_for_each_parameter() {
    let message = refused_router(one([routes![by_id], routes![update]])).await;
    assert!(
        message.starts_with("`by_id` and `update`: the parameters of one path have two names"),
        "{message}"
    );
    let message = refused_router(one([routes![by_id], routes![below]])).await;
    assert!(message.starts_with("`by_id` and `below`: `{*rest}` and another parameter match"), "{message}");
    // Another name is possible where the paths differ.
    let (router, _) = routed(one([routes![by_id], routes![books]])).await;
    assert_eq!(get(&router, "/users/1").await.status, StatusCode::OK);
    assert_eq!(get(&router, "/users/1/books").await.status, StatusCode::OK);
}

#[tokio::test]
async fn a_head_endpoint_beside_a_get_endpoint_answers_head() {
    for routes in [one([routes![page], routes![head_of_page]]), one([routes![head_of_page], routes![page]])] {
        let (router, _) = routed(routes).await;
        assert_eq!(get(&router, "/page").await.body, "page");
        assert_eq!(send(&router, request("HEAD", "/page")).await.status, StatusCode::ACCEPTED);
    }
}

#[tokio::test]
async fn a_plain_router_that_overlaps_is_refused_with_the_endpoint() {
    let plain = |path| -> Routes<App> { Router::new().route(path, routing::get(async || ())).into() };
    let line = line!() + 1;
    let message = refused_router(one([routes![page]]).merge(plain("/page"))).await;
    assert!(message.contains(&format!("merged at {}", at!(line))), "{message}");
    assert!(message.contains("\n  it overlaps with endpoint `page` at "), "{message}");
    let message = refused_router(Routes::new().merge(plain("/page")).merge(routes![page])).await;
    assert!(message.contains("\n  it overlaps with endpoint `page` at "), "{message}");
    let named = refused_router(one([routes![by_id], plain("/users/{user}")])).await;
    assert!(named.contains("\n  it overlaps with endpoint `by_id` at "), "{named}");
    let nested = Routes::new().nest("/users", plain("/{id}")).merge(routes![by_id]);
    let nested = refused_router(nested).await;
    assert!(nested.contains("\n  it overlaps with endpoint `by_id` at "), "{nested}");
}

#[tokio::test]
async fn every_mistake_is_in_the_message() {
    let message = refused_router(one([routes![by_id], routes![by_name], routes![page], routes![page]])).await;
    assert!(message.contains("`by_id` and `by_name`") && message.contains("`page` and `page`"), "{message}");
}

#[test]
fn a_prefix_that_cannot_be_continued_is_refused() {
    for prefix in ["", "/", "api", "/api/", "/{*rest}", "/:id", "/a?b"] {
        let message = refused(|| Routes::<App>::new().nest(prefix, routes![page]));
        assert!(message.contains(&format!("{prefix:?} [inject/endpoint]")), "{message}");
    }
}
