//! Endpoints that require a principal and a role.

use std::{collections::HashMap, error::Error, sync::Arc};

use axum::{
    Router,
    extract::FromRequestParts,
    http::{HeaderMap, HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Response},
    routing,
};
use inject_runtime::{
    Bearer, Inject, Principal, Role, Routes, Unauthorized, container, get, in_layer, inject, layer::Common,
    require_role, routes, service,
};

use crate::{Case, Sent};

#[derive(Role, Clone, Copy, Debug, PartialEq, Eq)]
#[role(principal = CurrentUser)]
enum UserRole {
    #[role(implies(Teacher))]
    Admin,
    Teacher,
    Student,
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

#[in_layer(Common)]
struct Tokens {
    users: HashMap<String, CurrentUser>,
}

#[service]
struct Sessions {
    tokens: Arc<Tokens>,
}

impl Sessions {
    fn user(&self, token: &str) -> Option<CurrentUser> {
        self.tokens.users.get(token).cloned()
    }
}

#[container]
struct App {
    #[input]
    tokens: Arc<Tokens>,
    sessions: Arc<Sessions>,
}

#[inject]
fn current_user(
    bearer: Bearer,
    Inject(sessions): Inject<Arc<Sessions>>,
) -> Result<CurrentUser, Unauthorized> {
    sessions.user(bearer.token()).ok_or_else(|| Unauthorized::bearer().error("invalid_token"))
}

#[get("/users/7")]
#[require_role(UserRole::Teacher)]
async fn injected(user: CurrentUser) -> &'static str {
    user.name
}

/// Reads the token from the header without a copy, and makes the same checks as `Bearer`: one header, the scheme, the
/// characters of the token.
fn read_token(headers: &HeaderMap) -> Result<&str, Response> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let value = match (values.next(), values.next()) {
        (Some(value), None) => value.to_str().map_err(|_| unauthorized(true))?,
        (None, _) => return Err(unauthorized(false)),
        (Some(_), Some(_)) => return Err(unauthorized(true)),
    };
    match value.split_once(' ') {
        Some((scheme, token)) if scheme.eq_ignore_ascii_case("Bearer") => {
            let token = token.trim_start();
            let body = token.trim_end_matches('=');
            let is_allowed = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~+/".contains(&byte);
            if !body.is_empty() && body.bytes().all(is_allowed) { Ok(token) } else { Err(unauthorized(true)) }
        }
        _ => Err(unauthorized(false)),
    }
}

const PROBLEM: HeaderValue = HeaderValue::from_static("application/problem+json");

fn unauthorized(is_invalid: bool) -> Response {
    let challenge = if is_invalid { "Bearer error=\"invalid_token\"" } else { "Bearer" };
    let headers =
        [(header::CONTENT_TYPE, PROBLEM), (header::WWW_AUTHENTICATE, HeaderValue::from_static(challenge))];
    (StatusCode::UNAUTHORIZED, headers, r#"{"title":"Unauthorized","status":401}"#).into_response()
}

fn forbidden() -> Response {
    let challenge = HeaderValue::from_static("Bearer error=\"insufficient_scope\"");
    let headers = [(header::CONTENT_TYPE, PROBLEM), (header::WWW_AUTHENTICATE, challenge)];
    (StatusCode::FORBIDDEN, headers, r#"{"title":"Forbidden","status":403}"#).into_response()
}

/// Hand-written extractor of the user that reads the header itself.
struct ByHand(CurrentUser);

impl FromRequestParts<Arc<App>> for ByHand {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Response> {
        let token = read_token(&parts.headers)?;
        app.sessions.user(token).map(Self).ok_or_else(|| unauthorized(true))
    }
}

async fn by_hand(ByHand(user): ByHand) -> Result<&'static str, Response> {
    match user.role {
        UserRole::Admin | UserRole::Teacher => Ok(user.name),
        UserRole::Student => Err(forbidden()),
    }
}

/// Hand-written extractor of the user that uses the `Bearer` of the library. The difference that remains is the role,
/// the provider and the endpoint.
struct ByBearer(CurrentUser);

impl FromRequestParts<Arc<App>> for ByBearer {
    type Rejection = Unauthorized;

    async fn from_request_parts(parts: &mut Parts, app: &Arc<App>) -> Result<Self, Unauthorized> {
        let bearer = <Bearer as FromRequestParts<_>>::from_request_parts(parts, app).await?;
        match app.sessions.user(bearer.token()) {
            Some(user) => Ok(Self(user)),
            None => Err(Unauthorized::bearer().error("invalid_token")),
        }
    }
}

async fn by_bearer(ByBearer(user): ByBearer) -> Result<&'static str, Response> {
    match user.role {
        UserRole::Admin | UserRole::Teacher => Ok(user.name),
        UserRole::Student => Err(forbidden()),
    }
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let users =
        [("mF_9.B5f-4.1JqM", "Ada", UserRole::Admin), ("2YotnFZFEjr1zCsicMWpAA", "Bob", UserRole::Student)];
    let users = users.map(|(token, name, role)| (token.to_owned(), CurrentUser { name, role }));
    let tokens = Arc::new(Tokens { users: users.into() });
    let app = App::builder(AppInputs { tokens }).build().await?;
    let all: Routes<App> = routes![injected];
    let inject = all.into_router(app.clone());
    let hand = Router::new().route("/users/7", routing::get(by_hand)).with_state(app.clone());
    let bearer = Router::new().route("/users/7", routing::get(by_bearer)).with_state(app);
    let case = |name, hand: &Router, token: Option<&str>, status| {
        let token = token.map(|token| HeaderValue::try_from(format!("Bearer {token}"))).transpose()?;
        let request = Sent { token, ..Sent::default() };
        Ok::<_, Box<dyn Error>>(Case { request, status, ..Case::new(name, hand.clone(), inject.clone()) })
    };
    let (ada, bob) = (Some("mF_9.B5f-4.1JqM"), Some("2YotnFZFEjr1zCsicMWpAA"));
    Ok(vec![
        case("a role and CurrentUser", &hand, ada, StatusCode::OK)?,
        case("a role and CurrentUser: 403", &hand, bob, StatusCode::FORBIDDEN)?,
        case("a role and CurrentUser: 401", &hand, None, StatusCode::UNAUTHORIZED)?,
        case("a role and CurrentUser, both with Bearer", &bearer, ada, StatusCode::OK)?,
    ])
}
