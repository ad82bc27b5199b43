//! Accounts and sessions.

use axum::response::NoContent;
use inject_runtime::{Bearer, Routes, Unauthorized, get, inject, post, routes};

use crate::{
    app::App,
    error::Error,
    extract::{Created, Json},
    principal::CurrentUser,
    schemas::{Credentials, Session, UserResponse},
    services::AuthService,
};

pub(super) fn routes() -> Routes<App> {
    routes![register, login, logout, me]
}

/// Provider of the authenticated user, for endpoints with a parameter `CurrentUser`.
#[inject]
pub(super) async fn current_user(bearer: Bearer, auth: AuthService) -> Result<CurrentUser, Error> {
    match auth.user_of(bearer.token()).await? {
        Some(user) => Ok(CurrentUser(user)),
        None => Err(Unauthorized::bearer().error("invalid_token").into()),
    }
}

/// Creates an account and a session. The command `create-admin` creates the accounts of administrators.
#[post("/auth/register", public)]
pub(super) async fn register(
    mut auth: AuthService,
    Json(credentials): Json<Credentials>,
) -> Result<Created<Session>, Error> {
    let session = auth.register(credentials).await?;
    Ok(Created {
        location: format!("/users/{}", session.user.id),
        body: session,
    })
}

/// Creates a session.
#[post("/auth/login", public)]
pub(super) async fn login(
    mut auth: AuthService,
    Json(credentials): Json<Credentials>,
) -> Result<Json<Session>, Error> {
    Ok(Json(auth.login(credentials).await?))
}

/// Ends the session.
#[post("/auth/logout", authenticated = CurrentUser)]
pub(super) async fn logout(bearer: Bearer, mut auth: AuthService) -> Result<NoContent, Error> {
    auth.logout(bearer.token()).await?;
    Ok(NoContent)
}

/// Returns the authenticated user.
#[get("/users/me", authenticated)]
pub(super) async fn me(CurrentUser(user): CurrentUser) -> Json<UserResponse> {
    Json(user.into())
}
