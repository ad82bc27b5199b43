//! Roles that imply others, and proofs of a role.

use axum::{Router, http::StatusCode, routing};
use inject_runtime::{
    Authorized, Bearer, Inject, MissingRole, Principal, Role, Routes, get, inject, require_role, routes,
};

use crate::support::{App, Log, authorized, get, request, routed, send};

#[derive(Clone, Copy, Debug, PartialEq, Eq, Role)]
#[role(principal = User, proofs = levels)]
pub(crate) enum Level {
    #[role(implies(Writer))]
    Owner,
    #[role(implies(Reader))]
    Writer,
    Reader,
}

#[derive(Clone, Debug)]
pub(crate) struct User {
    pub(crate) level: Level,
}

impl Principal<Level> for User {
    fn has_role(&self, role: Level) -> bool {
        self.level == role
    }
}

/// Rejects with a bare status: the error of a provider can be any response.
#[inject]
pub(crate) fn user(bearer: Bearer, Inject(log): Inject<Log>) -> Result<User, StatusCode> {
    log.add("authenticate");
    let level = match bearer.token() {
        "owner" => Level::Owner,
        "writer" => Level::Writer,
        "reader" => Level::Reader,
        _ => return Err(StatusCode::UNAUTHORIZED),
    };
    Ok(User { level })
}

#[get("/proof")]
#[require_role(Level::Writer)]
pub(crate) async fn proof(user: User, proof: Authorized<(levels::Owner, levels::Writer)>) -> String {
    format!("{:?} {:?}", user.level, proof.level)
}

#[require_role(Level::Writer)]
pub(crate) async fn plain_guarded(user: User) -> String {
    format!("{:?}", user.level)
}

#[tokio::test]
async fn a_role_grants_the_roles_that_it_implies_and_the_guard_alone_authenticates() {
    let plain = Router::new().route("/plain", routing::get(plain_guarded));
    let (router, log) = routed(routes![proof].merge(plain)).await;
    for (path, token, expected) in [
        ("/proof", None, StatusCode::UNAUTHORIZED),
        ("/proof", Some("unknown"), StatusCode::UNAUTHORIZED),
        ("/proof", Some("reader"), StatusCode::FORBIDDEN),
        ("/proof", Some("writer"), StatusCode::OK),
        ("/proof", Some("owner"), StatusCode::OK),
        ("/plain", None, StatusCode::UNAUTHORIZED),
        ("/plain", Some("reader"), StatusCode::FORBIDDEN),
        ("/plain", Some("writer"), StatusCode::OK),
        ("/plain", Some("owner"), StatusCode::OK),
    ] {
        let request = match token {
            Some(token) => authorized("GET", path, token),
            None => request("GET", path),
        };
        assert_eq!(send(&router, request).await.status, expected, "{path} {token:?}");
        assert_eq!(log.take().len(), usize::from(token.is_some()), "{path} {token:?}");
    }
}

#[tokio::test]
async fn a_proof_is_made_only_by_a_check() {
    let MissingRole(user) = Authorized::<levels::Owner>::check(User { level: Level::Writer }).unwrap_err();
    let proof: Authorized<levels::Reader> = Authorized::check(user).unwrap();
    assert_eq!(proof.principal().level, Level::Writer);
    assert_eq!(proof.into_principal().level, Level::Writer);
}

#[get("/greeting", public)]
async fn greeting(user: Option<User>) -> String {
    user.map_or("hello".into(), |user| format!("hello, {:?}", user.level))
}

#[tokio::test]
async fn an_optional_principal_is_none_without_credentials_and_any_error_of_its_provider_rejects() {
    let (router, _) = routed(routes![greeting]).await;
    assert_eq!(get(&router, "/greeting").await.body, "hello");
    assert_eq!(send(&router, authorized("GET", "/greeting", "reader")).await.body, "hello, Reader");
    let answer = send(&router, authorized("GET", "/greeting", "unknown")).await;
    assert_eq!(answer.status, StatusCode::UNAUTHORIZED);
}

#[get("/only-proof")]
#[require_role(Level::Reader)]
async fn only_proof(proof: Authorized<levels::Reader>) -> String {
    format!("{:?}", proof.level)
}

#[get("/maybe", authenticated = User)]
async fn maybe(user: Option<User>) -> String {
    format!("{:?}", user.map(|user| user.level))
}

/// The parameter is not of the type of the principal, so the guard cannot pass its principal on.
#[tokio::test]
async fn a_proof_or_an_option_of_the_principal_of_the_guard_authenticates_no_second_time() {
    let routes: Routes<App> = routes![only_proof, maybe];
    let (router, log) = routed(routes).await;
    for path in ["/only-proof", "/maybe"] {
        assert_eq!(send(&router, authorized("GET", path, "owner")).await.status, 200);
        assert_eq!(log.take(), ["authenticate"], "{path}");
    }
}
