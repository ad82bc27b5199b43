//! Credentials of an application's own: a scheme in `Authorization`, a session in a cookie, and alternatives.

use axum::{
    Router,
    body::Body,
    extract::FromRequestParts,
    http::{Request, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing,
};
use inject_runtime::{
    AuthScheme, Bearer, Credential, Credentials, CredentialsAbsent, Problem, Routes, ToProblem, Unauthorized,
    get, inject, routes,
};
use serde_json::json;

use crate::support::{Answer, App, get, routed, send};

/// `Authorization: Token <token>`.
struct Token(String);

impl Credential for Token {
    const SCHEME: AuthScheme = AuthScheme::authorization("Token");

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        Self::SCHEME.value(parts).map(|token| Self(token.into_owned()))
    }
}

/// Session of a browser.
struct Session(String);

impl Credential for Session {
    const SCHEME: AuthScheme = AuthScheme::cookie("session").challenge("Session");

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        let id = Self::SCHEME.value(parts)?;
        if id.len() == 4 { Ok(Self(id.into_owned())) } else { Err(Unauthorized::of::<Self>()) }
    }
}

/// Token or session.
enum Caller {
    Program(Bearer),
    Browser(Session),
}

impl Credential for Caller {
    const SCHEME: AuthScheme = Bearer::SCHEME.or(&Session::SCHEME);

    fn read(parts: &Parts) -> Result<Self, Unauthorized> {
        match Bearer::read(parts) {
            Err(error) if error.is_absent() => Session::read(parts).map(Self::Browser),
            bearer => bearer.map(Self::Program),
        }
    }
}

#[derive(Clone)]
struct User(String);

#[inject]
async fn user(Credentials(token): Credentials<Token>) -> Result<User, Unauthorized> {
    if token.0 == "stolen" { Err(Unauthorized::of::<Token>()) } else { Ok(User(token.0)) }
}

#[get("/user", public)]
async fn any_user(user: Option<User>) -> String {
    user.map_or("nobody".into(), |user| user.0)
}

#[get("/me", authenticated = User)]
async fn me(user: User) -> String {
    user.0
}

fn with(name: &'static str, value: &str, path: &str) -> Request<Body> {
    Request::get(path).header(name, value).body(Body::empty()).expect("a request")
}

fn challenges(answer: &Answer) -> Vec<&str> {
    let challenges = answer.headers.get_all(header::WWW_AUTHENTICATE).iter();
    challenges.map(|value| value.to_str().expect("visible ASCII")).collect()
}

#[tokio::test]
async fn a_scheme_of_ones_own_is_read_challenged_and_optional() {
    let (router, _) = routed(routes![any_user, me]).await;
    assert_eq!(get(&router, "/user").await.body, "nobody");
    for value in ["Token jake", "token jake", "TOKEN   jake "] {
        let answer = send(&router, with("authorization", value, "/user")).await;
        assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "jake"), "{value:?}");
    }
    for value in ["", "Token", "Token ", "Token é", "Tokens jake", "Bearer jake", "Token stolen"] {
        for path in ["/user", "/me"] {
            let answer = send(&router, with("authorization", value, path)).await;
            answer.assert_problem(StatusCode::UNAUTHORIZED);
            assert_eq!(challenges(&answer), ["Token"], "{value:?}");
        }
    }
    let answer = get(&router, "/me").await;
    answer.assert_problem(StatusCode::UNAUTHORIZED);
    assert_eq!(challenges(&answer), ["Token"]);
    let twice = Request::get("/user").header("authorization", "Token a").header("authorization", "Token b");
    let answer = send(&router, twice.body(Body::empty()).expect("a request")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "which of them has a proxy checked?");
}

async fn caller(Credentials(caller): Credentials<Caller>) -> String {
    match caller {
        Caller::Program(bearer) => format!("program {}", bearer.token()),
        Caller::Browser(session) => format!("browser {}", session.0),
    }
}

async fn any_caller(caller: Option<Credentials<Caller>>) -> String {
    format!("{}", caller.is_some())
}

#[tokio::test]
async fn one_of_two_credentials_is_enough_and_both_are_challenged() {
    let plain = Router::new().route("/caller", routing::get(caller)).route("/any", routing::get(any_caller));
    let (router, _) = routed(Routes::new().merge(plain)).await;
    for (name, value, expected) in
        [("authorization", "Bearer abc", "program abc"), ("cookie", "a=b; session=1234", "browser 1234")]
    {
        assert_eq!(send(&router, with(name, value, "/caller")).await.body, expected);
        assert_eq!(send(&router, with(name, value, "/any")).await.body, "true");
    }
    assert_eq!(get(&router, "/any").await.body, "false");
    assert_eq!(challenges(&get(&router, "/caller").await), ["Bearer", "Session"]);
    for (name, value) in
        [("cookie", "session=12345"), ("cookie", "session="), ("authorization", "Basic YTpi")]
    {
        for path in ["/caller", "/any"] {
            let answer = send(&router, with(name, value, path)).await;
            assert_eq!(answer.status, StatusCode::UNAUTHORIZED, "{name}: {value}");
        }
    }
}

/// Errors of providers over a credential: each keeps the mark of absent credentials in its own way.
#[derive(Debug, thiserror::Error, Problem)]
enum Transparent {
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
}

struct OwnFormat(Unauthorized);

impl IntoResponse for OwnFormat {
    fn into_response(self) -> Response {
        let body = axum::Json(json!({ "code": 17 }));
        if self.0.is_absent() {
            (StatusCode::UNAUTHORIZED, CredentialsAbsent, body).into_response()
        } else {
            (StatusCode::UNAUTHORIZED, body).into_response()
        }
    }
}

#[derive(Debug, thiserror::Error)]
#[error("log in")]
struct OwnProblem(#[from] Unauthorized);

impl ToProblem for OwnProblem {
    fn to_problem(&self) -> Problem {
        let problem = Problem::new(StatusCode::UNAUTHORIZED).with_detail("log in");
        if self.0.is_absent() { problem.with_credentials_absent() } else { problem }
    }
}

impl IntoResponse for OwnProblem {
    fn into_response(self) -> Response {
        Problem::respond_to(&self)
    }
}

/// Extractor by hand over a credential, with its rejection.
struct ByHand<E>(std::marker::PhantomData<E>);

impl<S: Send + Sync, E: From<Unauthorized> + IntoResponse> FromRequestParts<S> for ByHand<E> {
    type Rejection = E;

    async fn from_request_parts(parts: &mut Parts, state: &S) -> Result<Self, E> {
        let Credentials(Token(_)) = Credentials::from_request_parts(parts, state).await?;
        Ok(Self(std::marker::PhantomData))
    }
}

impl From<Unauthorized> for OwnFormat {
    fn from(error: Unauthorized) -> Self {
        Self(error)
    }
}

#[derive(Clone)]
struct One;
#[derive(Clone)]
struct Two;
#[derive(Clone)]
struct Three;
#[derive(Clone)]
struct Four;

#[inject]
fn one(_: ByHand<Transparent>) -> One {
    One
}

#[inject]
fn two(_: ByHand<OwnFormat>) -> Two {
    Two
}

#[inject]
fn three(_: ByHand<OwnProblem>) -> Three {
    Three
}

/// Over an `Option`, with the mark set by the provider.
#[inject]
fn four(token: Option<Credentials<Token>>) -> Result<Four, Unauthorized> {
    token.map(|_| Four).ok_or(Unauthorized::of::<Token>().absent())
}

#[get("/all", public)]
async fn all(one: Option<One>, two: Option<Two>, three: Option<Three>, four: Option<Four>) -> String {
    format!("{}{}{}{}", one.is_some(), two.is_some(), three.is_some(), four.is_some())
}

#[tokio::test]
async fn an_error_of_ones_own_keeps_the_absence_of_credentials() {
    let routes: Routes<App> = routes![all];
    let (router, _) = routed(routes).await;
    let answer = get(&router, "/all").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "falsefalsefalsefalse"));
    let answer = send(&router, with("authorization", "Token a", "/all")).await;
    assert_eq!(answer.body, "truetruetruetrue");
    assert_eq!(send(&router, with("authorization", "Token", "/all")).await.status, StatusCode::UNAUTHORIZED);
}

#[get("/caller", authenticated = Credentials<Caller>)]
async fn documented() {}

fn documented_routes() -> Routes<App> {
    routes![me, documented]
}

#[test]
fn the_document_has_the_schemes() {
    let document = serde_json::to_value(documented_routes().openapi()).expect("a document");
    assert_eq!(
        document["components"]["securitySchemes"],
        json!({
            "Token": {
                "type": "apiKey",
                "in": "header",
                "name": "Authorization",
                "description": "The scheme is `Token`: `Authorization: Token <credentials>`.",
            },
            "bearer": { "type": "http", "scheme": "bearer" },
            "session": { "type": "apiKey", "in": "cookie", "name": "session" },
        })
    );
    let operation = |path: &str| document["paths"][path]["get"].clone();
    assert_eq!(operation("/me")["security"], json!([{ "Token": [] }]));
    assert_eq!(operation("/caller")["security"], json!([{ "bearer": [] }, { "session": [] }]));
    assert!(operation("/caller")["responses"]["401"].is_object());
}
