//! To register, log in, stay logged in, log out.

use axum::response::NoContent;
use inject_runtime::{Routes, get, post, routes};

use crate::{
    api::{deps::ClientAddress, errors::ApiError, extract::Json, responses::Created},
    app::App,
    core::security::ActiveUser,
    schemas::{
        auth::{LoginRequest, LogoutRequest, RefreshRequest, RegistrationRequest, SessionResponse},
        user::{UserResponse, UserResponseV2},
    },
    services::auth::AuthService,
};

/// Version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![register, me].merge(of_all_versions())
}

/// Version 2: users look different.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![register_v2, me_v2].merge(of_all_versions())
}

fn of_all_versions() -> Routes<App> {
    routes![login, refresh, logout]
}

/// Makes an account, for a student. Who is to teach, an admin says afterwards.
///
/// # Errors
///
/// 409 if there is an account with that email.
#[post("/auth/register", public)]
pub async fn register(
    mut auth: AuthService,
    Json(registration): Json<RegistrationRequest>,
) -> Result<Created<UserResponse>, ApiError> {
    let user = auth.register(registration.into()).await?;
    Ok(Created { location: format!("/api/v1/users/{}", user.id), body: user.into() })
}

/// Makes an account, for a student. Who is to teach, an admin says afterwards.
///
/// # Errors
///
/// 409 if there is an account with that email.
#[post("/auth/register", public)]
pub async fn register_v2(
    mut auth: AuthService,
    Json(registration): Json<RegistrationRequest>,
) -> Result<Created<UserResponseV2>, ApiError> {
    let user = auth.register(registration.into()).await?;
    Ok(Created { location: format!("/api/v2/users/{}", user.id), body: user.into() })
}

/// Begins a session.
///
/// # Errors
///
/// 401 if the credentials are not valid, 429 if somebody tries too often.
#[post("/auth/login", public)]
pub async fn login(
    mut auth: AuthService,
    ClientAddress(client): ClientAddress,
    Json(LoginRequest { email, password }): Json<LoginRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    Ok(Json(auth.login(&email, password, client).await?.into()))
}

/// Goes on with a session, for which it gives you new tokens. The old refresh token can be used this once: if it comes back, the session
/// ends, since somebody must have stolen it.
///
/// # Errors
///
/// 401 if the token is not valid.
#[post("/auth/refresh", public)]
pub async fn refresh(
    mut auth: AuthService,
    Json(RefreshRequest { refresh_token }): Json<RefreshRequest>,
) -> Result<Json<SessionResponse>, ApiError> {
    Ok(Json(auth.refresh(&refresh_token).await?.into()))
}

/// Ends a session, or all that you have. The refresh token says which: the access token may have expired by now.
///
/// # Errors
///
/// The database is to blame.
#[post("/auth/logout", public)]
pub async fn logout(
    mut auth: AuthService,
    Json(LogoutRequest { refresh_token, everywhere }): Json<LogoutRequest>,
) -> Result<NoContent, ApiError> {
    if everywhere {
        auth.logout_everywhere(&refresh_token).await?;
    } else {
        auth.logout(&refresh_token).await?;
    }
    Ok(NoContent)
}

/// Who you are.
#[get("/auth/me", authenticated = ActiveUser)]
pub async fn me(ActiveUser(user): ActiveUser) -> Json<UserResponse> {
    Json(user.into())
}

/// Who you are.
#[get("/auth/me", authenticated = ActiveUser)]
pub async fn me_v2(ActiveUser(user): ActiveUser) -> Json<UserResponseV2> {
    Json(user.into())
}
