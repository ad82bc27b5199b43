//! Providers that a test replaces.

use std::{fs, path::Path};

use axum::{extract::Query, http::StatusCode};
use inject_runtime::{Inject, Problem, Routes, get, inject, routes};
use serde::Deserialize;

use crate::support::{App, Log, get, routed};

#[derive(Deserialize)]
struct TokenQuery {
    token: String,
}

/// Dependency of the original provider alone.
#[derive(Clone)]
struct Token(String);

#[inject]
fn token(Query(query): Query<TokenQuery>, Inject(log): Inject<Log>) -> Token {
    log.add("token");
    Token(query.token)
}

#[derive(Clone)]
struct User(String);

#[inject]
async fn user(token: Token, Inject(log): Inject<Log>) -> Result<User, Problem> {
    log.add("user");
    Ok(User(format!("owner of {}", token.0)))
}

#[derive(Clone)]
struct Greeting(String);

#[inject]
fn greeting(user: User, Inject(log): Inject<Log>) -> Greeting {
    log.add("greeting");
    Greeting(format!("hello {}", user.0))
}

#[derive(Clone)]
struct Letter(String);

#[inject]
fn letter(greeting: Greeting, Inject(log): Inject<Log>) -> Letter {
    log.add("letter");
    Letter(format!("{}, yours", greeting.0))
}

#[get("/user", public)]
async fn show_user(user: User) -> String {
    user.0
}

#[get("/letter", public)]
async fn show_letter(letter: Letter, user: User) -> String {
    format!("{}; {}", letter.0, user.0)
}

#[get("/guarded", public)]
async fn show_guarded() -> &'static str {
    "guarded"
}

fn all() -> Routes<App> {
    Routes::new().merge(routes![show_user, show_letter]).nest("/inner", routes![show_guarded].guard::<User>())
}

#[tokio::test]
async fn an_override_is_used_at_any_depth_and_the_original_does_not_run() {
    let (router, log) = routed(all()).await;
    let answer = get(&router, "/letter?token=t").await;
    assert_eq!(answer.body, "hello owner of t, yours; owner of t");
    assert_eq!(log.take(), ["token", "user", "greeting", "letter"]);

    let (router, log) = routed(all().override_provider(|_| User("ada".into()))).await;
    for (path, body, events) in [
        ("/user?token=t", "ada", &[][..]),
        ("/letter?token=t", "hello ada, yours; ada", &["greeting", "letter"]),
        ("/inner/guarded?token=t", "guarded", &[]),
    ] {
        let answer = get(&router, path).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body));
        assert_eq!(log.take(), events, "{path}");
    }

    let refusing = || Err::<User, _>(Problem::new(StatusCode::FORBIDDEN));
    let (router, log) = routed(all().override_provider(move |_| refusing())).await;
    for path in ["/user", "/letter", "/inner/guarded"] {
        get(&router, path).await.assert_problem(StatusCode::FORBIDDEN);
    }
    assert_eq!(log.take(), [""; 0]);
}

#[tokio::test]
async fn the_inputs_of_an_overridden_provider_are_no_longer_required() {
    let (router, _) = routed(all()).await;
    assert_eq!(get(&router, "/user").await.status, StatusCode::BAD_REQUEST);
    let (router, log) = routed(all().override_provider(|_| User("ada".into()))).await;
    assert_eq!(get(&router, "/user").await.body, "ada");
    assert_eq!(log.take(), [""; 0]);
    // An override can read the request.
    let by_query = all().override_provider(|parts| {
        let name = parts.uri.query().unwrap_or("anonymous");
        User(name.to_owned())
    });
    let (router, _) = routed(by_query).await;
    assert_eq!(get(&router, "/user?eve").await.body, "eve");
    assert_eq!(get(&router, "/user").await.body, "anonymous");
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn tests_that_run_in_parallel_do_not_see_each_others_overrides() {
    let test = |name: Option<&'static str>| async move {
        let routes = match name {
            Some(name) => all().override_provider(move |_| User(name.into())),
            None => all(),
        };
        let (router, _) = routed(routes).await;
        for _ in 0..200 {
            let expected = name.unwrap_or("owner of t");
            assert_eq!(get(&router, "/user?token=t").await.body, expected);
            tokio::task::yield_now().await;
        }
    };
    let tests = [Some("ada"), Some("grace"), None].map(|name| tokio::spawn(test(name)));
    for test in tests {
        test.await.expect("no assertion failed");
    }
}

/// The test `ui` checks that the case does not compile; this test checks that the case exists.
#[test]
fn a_type_that_no_provider_returns_cannot_be_overridden() {
    let case = Path::new(env!("CARGO_MANIFEST_DIR")).join("ui/override/fail/not_provided.rs");
    let source = fs::read_to_string(&case).expect("the case");
    assert!(source.contains("override_provider(|_| 5_i32)"));
    let message = fs::read_to_string(case.with_extension("stderr")).expect("its message");
    assert!(message.contains("error[E0277]: no provider returns `i32`"), "{message}");
}
