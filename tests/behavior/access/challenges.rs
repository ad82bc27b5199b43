//! The realm of the application in the challenges of its responses.

use axum::{
    Router,
    http::{StatusCode, header},
    response::IntoResponse,
    routing,
};
use inject_runtime::{Basic, Bearer, Problem, Routes, Unauthorized, get, routes};

use crate::support::{App, authorized, get, request, routed, send};

#[get("/bearer", authenticated = Bearer)]
async fn bearer() {}

#[get("/basic", authenticated = Basic)]
async fn basic() {}

#[get("/handler", public)]
async fn handler() -> Unauthorized {
    Unauthorized::bearer().error("invalid_token")
}

#[get("/own-realm", public)]
async fn own_realm() -> Unauthorized {
    Unauthorized::basic("api")
}

#[derive(Debug, thiserror::Error, Problem)]
enum Wrapped {
    #[error(transparent)]
    #[problem(transparent)]
    Unauthorized(#[from] Unauthorized),
}

#[get("/wrapped", public)]
async fn wrapped(basic: Result<Basic, Unauthorized>) -> Result<(), Wrapped> {
    basic?;
    Ok(())
}

async fn by_hand() -> impl IntoResponse {
    (StatusCode::UNAUTHORIZED, [(header::WWW_AUTHENTICATE, "Digest qop=\"auth, auth-int\"")])
}

fn all() -> Routes<App> {
    let plain = Router::new().route("/by-hand", routing::get(by_hand));
    routes![bearer, basic, handler, own_realm, wrapped].merge(plain)
}

#[tokio::test]
async fn the_realm_of_the_application_is_in_every_challenge() {
    let (with_realm, _) = routed(all().realm("the \"shop\"")).await;
    let (without, _) = routed(all()).await;
    for (path, realm, none) in [
        ("/bearer", r#"Bearer realm="the \"shop\"""#, "Bearer"),
        ("/basic", r#"Basic realm="the \"shop\"", charset="UTF-8""#, r#"Basic realm="api", charset="UTF-8""#),
        (
            "/handler",
            r#"Bearer realm="the \"shop\"", error="invalid_token""#,
            r#"Bearer error="invalid_token""#,
        ),
        ("/own-realm", r#"Basic realm="api", charset="UTF-8""#, r#"Basic realm="api", charset="UTF-8""#),
        (
            "/wrapped",
            r#"Basic realm="the \"shop\"", charset="UTF-8""#,
            r#"Basic realm="api", charset="UTF-8""#,
        ),
        (
            "/by-hand",
            r#"Digest realm="the \"shop\"", qop="auth, auth-int""#,
            r#"Digest qop="auth, auth-int""#,
        ),
    ] {
        let answer = get(&with_realm, path).await;
        assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
        assert_eq!(answer.headers[header::WWW_AUTHENTICATE], realm, "{path}");
        assert_eq!(get(&without, path).await.headers[header::WWW_AUTHENTICATE], none, "{path}");
    }
    let answer = send(&with_realm, authorized("GET", "/bearer", "token")).await;
    assert_eq!(answer.status, StatusCode::OK);
    assert!(!answer.headers.contains_key(header::WWW_AUTHENTICATE));
    assert_eq!(send(&with_realm, request("POST", "/bearer")).await.status, StatusCode::METHOD_NOT_ALLOWED);
}
