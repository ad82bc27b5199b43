//! Endpoints for users.

use axum::{Json, extract::Path, http::StatusCode};
use inject_runtime::{Routes, get, post, routes};

use super::{
    auth::CurrentUser,
    errors::UserError,
    schemas::{NewAccount, Profile, SignUp},
    service::UserService,
};
use crate::app::App;

/// Returns the endpoints of the feature.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![sign_up, me, show]
}

/// Creates an account.
///
/// # Errors
///
/// Returns an error if the name is taken or invalid.
#[post("/users", public)]
pub(super) async fn sign_up(
    mut users: UserService,
    Json(user): Json<SignUp>,
) -> Result<(StatusCode, Json<NewAccount>), UserError> {
    Ok((StatusCode::CREATED, Json(users.sign_up(user).await?)))
}

/// Shows the authenticated user.
#[get("/users/me", authenticated)]
pub(super) async fn me(CurrentUser(profile): CurrentUser) -> Json<Profile> {
    Json(profile)
}

/// Shows a user.
///
/// # Errors
///
/// Returns an error if the user does not exist.
#[get("/users/{id}", public)]
pub(super) async fn show(mut users: UserService, Path(id): Path<i64>) -> Result<Json<Profile>, UserError> {
    Ok(Json(users.profile(id).await?))
}
