//! Authentication and authorization: the requests that are accepted, the requests that are refused, and the
//! work that is done before.

use std::{
    convert::Infallible,
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    task::Poll,
};

use axum::{
    Json, Router,
    body::{Body, Bytes},
    extract::Query,
    http::{HeaderValue, StatusCode, header},
    routing::get as plain_get,
};
use base64::{Engine as _, engine::general_purpose::URL_SAFE_NO_PAD};
use futures_util::stream;
use hmac::{Hmac, KeyInit as _, Mac as _};
use inject_runtime::{
    Bearer, Inject, Outcome, Principal, Role, Routes, Teardown, Unauthorized, get, inject, post,
    require_role, routes, tx::Tx,
};
use serde::{Deserialize, de::DeserializeOwned};
use serde_json::{Value, json};
use sha2::{Sha256, Sha512};
use sqlx::Sqlite;

use crate::support::{
    Answer, App, Log, authorized,
    database::{Database, Shop, ShopError},
    get, request, routed, send,
};

#[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
#[role(principal = CurrentUser)]
enum UserRole {
    Admin,
    Member,
}

#[derive(Clone)]
struct CurrentUser {
    name: &'static str,
    role: UserRole,
}

impl Principal<UserRole> for CurrentUser {
    fn has_role(&self, role: UserRole) -> bool {
        self.role == role
    }
}

const USERS: [CurrentUser; 2] =
    [CurrentUser { name: "ada", role: UserRole::Admin }, CurrentUser { name: "ben", role: UserRole::Member }];

#[inject]
async fn current_user(bearer: Bearer, Inject(log): Inject<Log>) -> Result<CurrentUser, Unauthorized> {
    log.add("authenticate");
    let claims = verify(bearer.token());
    let user = claims.and_then(|claims| USERS.into_iter().find(|user| user.name == claims.sub));
    user.ok_or_else(|| Unauthorized::bearer().error("invalid_token"))
}

const SECRET: &[u8] = b"known to the server alone";
const NOW: u64 = 1_800_000_000;

#[derive(Deserialize)]
struct Header {
    alg: String,
}

#[derive(Deserialize)]
struct Claims {
    sub: String,
    exp: u64,
}

/// Verifies a JWT of one algorithm. The tests check that its verdicts are indistinguishable to a client.
fn verify(token: &str) -> Option<Claims> {
    fn decode<T: DeserializeOwned>(part: &str) -> Option<T> {
        serde_json::from_slice(&URL_SAFE_NO_PAD.decode(part).ok()?).ok()
    }
    let (signed, signature) = token.rsplit_once('.')?;
    let (header, claims) = signed.split_once('.')?;
    let Header { alg } = decode(header)?;
    let mut mac = Hmac::<Sha256>::new_from_slice(SECRET).ok()?;
    mac.update(signed.as_bytes());
    mac.verify_slice(&URL_SAFE_NO_PAD.decode(signature).ok()?).ok()?;
    let claims: Claims = decode(claims)?;
    (alg == "HS256" && claims.exp > NOW).then_some(claims)
}

fn unsigned(alg: &str, claims: &Value) -> String {
    let [header, claims] = [json!({ "alg": alg, "typ": "JWT" }), claims.clone()]
        .map(|part| URL_SAFE_NO_PAD.encode(part.to_string()));
    format!("{header}.{claims}")
}

fn signed(alg: &str, claims: &Value, key: &[u8]) -> String {
    let token = unsigned(alg, claims);
    let signature = if alg == "HS512" {
        let mut mac = Hmac::<Sha512>::new_from_slice(key).expect("any length");
        mac.update(token.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    } else {
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("any length");
        mac.update(token.as_bytes());
        URL_SAFE_NO_PAD.encode(mac.finalize().into_bytes())
    };
    format!("{token}.{signature}")
}

fn claims(name: &str) -> Value {
    json!({ "sub": name, "exp": NOW + 60 })
}

fn token(name: &str) -> String {
    signed("HS256", &claims(name), SECRET)
}

#[get("/me", authenticated = CurrentUser)]
async fn me(user: CurrentUser, Inject(log): Inject<Log>) -> &'static str {
    log.add("handler");
    user.name
}

#[get("/greeting", public)]
async fn greeting(user: Option<CurrentUser>, Inject(log): Inject<Log>) -> String {
    log.add("handler");
    user.map_or_else(|| "hello, guest".to_owned(), |user| format!("hello, {}", user.name))
}

#[tokio::test]
async fn a_bearer_that_is_missing_malformed_or_of_another_scheme_is_a_401_with_a_challenge() {
    let (router, log) = routed(routes![me]).await;
    for value in
        [None, Some(""), Some("Bearer"), Some("Bearer "), Some("Bearer a b"), Some("Basic YTpi"), Some("x")]
    {
        let mut request = request("GET", "/me");
        if let Some(value) = value {
            request.headers_mut().insert(header::AUTHORIZATION, HeaderValue::from_static(value));
        }
        let answer = send(&router, request).await;
        answer.assert_problem(StatusCode::UNAUTHORIZED);
        let challenge = answer.headers[header::WWW_AUTHENTICATE].to_str().expect("text");
        assert!(["Bearer", "Bearer error=\"invalid_token\""].contains(&challenge), "{value:?}: {challenge}");
    }
    assert_eq!(log.take(), [""; 0], "neither the handler nor the provider ran");
    assert_eq!(send(&router, authorized("GET", "/me", &token("ada"))).await.body, "ada");
}

#[tokio::test]
async fn an_optional_principal_is_none_without_credentials_and_rejects_wrong_ones() {
    let (router, log) = routed(routes![greeting]).await;
    let answer = get(&router, "/greeting").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "hello, guest"));
    assert_eq!(log.take(), ["handler"]);
    assert_eq!(send(&router, authorized("GET", "/greeting", &token("ben"))).await.body, "hello, ben");
    assert_eq!(log.take(), ["authenticate", "handler"]);
    // Wrong credentials are not absent ones.
    let answer = send(&router, authorized("GET", "/greeting", "forged")).await;
    answer.assert_problem(StatusCode::UNAUTHORIZED);
    assert_eq!(log.take(), ["authenticate"]);
}

#[tokio::test]
async fn every_invalid_token_is_the_same_401() {
    let (router, log) = routed(routes![me]).await;
    let ada = token("ada");
    assert_eq!(send(&router, authorized("GET", "/me", &ada)).await.status, StatusCode::OK);
    let (content, signature) = ada.rsplit_once('.').expect("a signature");
    let expired = json!({ "sub": "ada", "exp": NOW - 1 });
    let bad = [
        ("no token", "nonsense".to_owned()),
        ("bad signature", signed("HS256", &claims("ada"), b"a guess")),
        ("signature of another", format!("{}.{signature}", unsigned("HS256", &claims("ben")))),
        ("no signature", format!("{content}.")),
        ("half a signature", format!("{content}.{}", &signature[..20])),
        ("expired", signed("HS256", &expired, SECRET)),
        ("never expires", signed("HS256", &json!({ "sub": "ada" }), SECRET)),
        ("alg: none", format!("{}.", unsigned("none", &claims("ada")))),
        ("alg: None", format!("{}.", unsigned("None", &claims("ada")))),
        ("alg: none, signed", signed("none", &claims("ada"), SECRET)),
        ("algorithm swapped", signed("HS512", &claims("ada"), SECRET)),
        ("algorithm swapped for one with a public key", signed("RS256", &claims("ada"), SECRET)),
        ("unknown subject", token("mallory")),
    ];
    log.take();
    let mut answers: Vec<(&str, Answer)> = Vec::new();
    for (why, token) in bad {
        let answer = send(&router, authorized("GET", "/me", &token)).await;
        answer.assert_problem(StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], "Bearer error=\"invalid_token\"", "{why}");
        assert_eq!(log.take(), ["authenticate"], "{why}");
        answers.push((why, answer));
    }
    for (why, answer) in &answers {
        assert_eq!(answer, &answers[0].1, "{why}");
    }
}

/// Resource that logs when it is opened and closed.
#[derive(Clone)]
struct Opened(Log);

#[inject(teardown)]
fn open(Inject(log): Inject<Log>) -> Opened {
    log.add("open");
    Opened(log)
}

impl Teardown for Opened {
    type Error = Infallible;

    async fn teardown(self, _: Outcome) -> Result<(), Infallible> {
        self.0.add("close");
        Ok(())
    }
}

#[derive(Deserialize)]
struct Item {
    name: String,
}

#[post("/items")]
#[require_role(UserRole::Admin)]
async fn add_item(
    _: Opened,
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Inject(shop): Inject<Shop>,
    Query(item): Query<Item>,
    Json(_): Json<Value>,
) -> Result<(), ShopError> {
    shop.order(&mut tx, &item.name).await
}

#[tokio::test]
async fn a_principal_without_the_role_is_a_403_and_nothing_else_is_extracted() {
    let database = Database::new(1).await;
    let (router, log) = database.routed(routes![add_item]).await;
    // The query and the body are invalid, too.
    let polled = Arc::new(AtomicBool::new(false));
    let mut request = authorized("POST", "/items", &token("ben"));
    *request.body_mut() = Body::from_stream(stream::poll_fn({
        let polled = Arc::clone(&polled);
        move |_| {
            polled.store(true, Ordering::SeqCst);
            Poll::Ready(None::<Result<Bytes, Infallible>>)
        }
    }));
    send(&router, request).await.assert_problem(StatusCode::FORBIDDEN);
    assert_eq!(log.take(), ["authenticate"]);
    assert!(!polled.load(Ordering::SeqCst), "the body is not read");
    assert_eq!(database.pool.size(), 0, "no connection is opened");

    let mut request = authorized("POST", "/items?name=pen", &token("ada"));
    request.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("application/json"));
    *request.body_mut() = Body::from("{}");
    assert_eq!(send(&router, request).await.status, StatusCode::OK);
    assert_eq!(log.take(), ["authenticate", "open", "close"]);
    assert_eq!(database.pool.size(), 1);
    assert_eq!(database.items().await, ["pen"]);
}

#[derive(Clone)]
struct Greeting(String);

#[inject]
fn greet(user: CurrentUser) -> Greeting {
    Greeting(format!("hello, {}", user.name))
}

#[get("/once/parameter")]
#[require_role(UserRole::Admin)]
async fn with_parameter(user: CurrentUser) -> &'static str {
    user.name
}

#[get("/once/provider")]
#[require_role(UserRole::Admin, UserRole::Member)]
async fn with_provider(greeting: Greeting, user: CurrentUser, _: Option<CurrentUser>) -> String {
    format!("{}: {}", user.name, greeting.0)
}

#[get("/once/authenticated", authenticated = CurrentUser)]
async fn with_authenticated(_: CurrentUser, again: CurrentUser) -> &'static str {
    again.name
}

#[tokio::test]
async fn a_guard_and_a_parameter_authenticate_once() {
    let all = || -> Routes<App> { routes![with_parameter, with_provider, with_authenticated] };
    for routes in
        [all(), all().require_role([UserRole::Admin]), all().guard::<CurrentUser>().guard::<Greeting>()]
    {
        let (router, log) = routed(routes).await;
        for (path, body) in [
            ("/once/parameter", "ada"),
            ("/once/provider", "ada: hello, ada"),
            ("/once/authenticated", "ada"),
        ] {
            let answer = send(&router, authorized("GET", path, &token("ada"))).await;
            assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, body), "{path}");
            assert_eq!(log.take(), ["authenticate"], "{path}");
        }
    }
}

#[get("/leaf", public)]
async fn leaf(Query(item): Query<Item>, _: Opened, Inject(log): Inject<Log>) -> String {
    log.add("handler");
    item.name
}

#[get("/open", public)]
async fn unprotected() -> &'static str {
    "open"
}

async fn plain(Query(item): Query<Item>, Inject(log): Inject<Log>) -> String {
    log.add("handler");
    item.name
}

#[tokio::test]
async fn a_guard_of_a_router_runs_first_and_covers_all_routes_nested_below() {
    let inner =
        Routes::new().nest("/deep", routes![leaf].merge(Router::new().route("/plain", plain_get(plain))));
    let guarded =
        Routes::new().nest("/admin", Routes::new().nest("/inner", inner)).require_role([UserRole::Admin]);
    let (router, log) = routed(Routes::new().merge(guarded).merge(routes![unprotected])).await;
    let paths = ["/admin/inner/deep/leaf", "/admin/inner/deep/plain"];
    for path in paths {
        // The query is missing as well. Only an authorized request is answered with that error.
        get(&router, path).await.assert_problem(StatusCode::UNAUTHORIZED);
        assert_eq!(log.take(), [""; 0], "{path}");
        send(&router, authorized("GET", path, &token("ben"))).await.assert_problem(StatusCode::FORBIDDEN);
        assert_eq!(log.take(), ["authenticate"], "{path}");
        let answer = send(&router, authorized("GET", path, &token("ada"))).await;
        assert_eq!(answer.status, StatusCode::BAD_REQUEST, "{path}");
        assert_eq!(log.take(), ["authenticate"], "{path}");
    }
    let leaf = format!("{}?name=pen", paths[0]);
    assert_eq!(send(&router, authorized("GET", &leaf, &token("ada"))).await.body, "pen");
    assert_eq!(log.take(), ["authenticate", "open", "handler", "close"]);
    let plain = format!("{}?name=pen", paths[1]);
    assert_eq!(send(&router, authorized("GET", &plain, &token("ada"))).await.body, "pen");
    assert_eq!(log.take(), ["authenticate", "handler"]);
    assert_eq!(get(&router, "/open").await.body, "open", "a route that is merged later is not guarded");
}
