//! Endpoints for registration, login, refresh and logout.

use axum::response::NoContent;
use inject_runtime::{Routes, post, routes};

use crate::{
    api::{deps::ClientAddress, errors::ApiError, extract::Json, responses::Created},
    app::App,
    schemas::{
        auth::{LoginRequest, LogoutRequest, RefreshRequest, RegistrationRequest, SessionResponse},
        user::{UserResponse, UserResponseV2},
    },
    services::auth::AuthService,
};

/// Returns the routes of version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![register].merge(common_routes())
}

/// Returns the routes of version 2, which has another representation of users.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![register_v2].merge(common_routes())
}

fn common_routes() -> Routes<App> {
    routes![login, refresh, logout]
}

/// Creates an account for a student. An admin can change the role later.
///
/// # Errors
///
/// 409 if an account with that email exists, 429 after too many registrations, 503 with `Retry-After` if the server is
/// busy.
#[post("/auth/register", public)]
pub async fn register(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(registration): Json<RegistrationRequest>,
) -> Result<Created<UserResponse>, ApiError> {
    let user = auth.register(registration.into(), client).await?;
    Ok(Created { location: format!("/api/v1/users/{}", user.id), body: user.into() })
}

/// Creates an account for a student. An admin can change the role later.
///
/// # Errors
///
/// 409 if an account with that email exists, 429 after too many registrations, 503 with `Retry-After` if the server is
/// busy.
#[post("/auth/register", public)]
pub async fn register_v2(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(registration): Json<RegistrationRequest>,
) -> Result<Created<UserResponseV2>, ApiError> {
    let user = auth.register(registration.into(), client).await?;
    Ok(Created { location: format!("/api/v2/users/{}", user.id), body: user.into() })
}

/// Starts a session.
///
/// # Errors
///
/// 401 if the credentials are invalid, 429 after too many attempts, 503 with `Retry-After` if the server is busy.
#[post("/auth/login", public)]
pub async fn login(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(LoginRequest { email, password }): Json<LoginRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    Ok(Json(auth.login(&email, password, client).await?.into()))
}

/// Continues a session: returns new tokens. A refresh token can be used once. If it is used again, the session ends,
/// because the token was probably stolen.
///
/// # Errors
///
/// 401 if the token is invalid, 429 after too many requests.
#[post("/auth/refresh", public)]
pub async fn refresh(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(RefreshRequest { refresh_token }): Json<RefreshRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    Ok(Json(auth.refresh(&refresh_token, client).await?.into()))
}

/// Ends a session, or all sessions of the user. The refresh token identifies the session, because the access token
/// may have expired.
///
/// # Errors
///
/// 429 after too many requests, 503 if the database is not available.
#[post("/auth/logout", public, errors(TooMany, Unavailable, Internal))]
pub async fn logout(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(LogoutRequest { refresh_token, everywhere }): Json<LogoutRequest>,
) -> Result<NoContent, ApiError> {
    if everywhere {
        auth.logout_everywhere(&refresh_token, client).await?;
    } else {
        auth.logout(&refresh_token, client).await?;
    }
    Ok(NoContent)
}
