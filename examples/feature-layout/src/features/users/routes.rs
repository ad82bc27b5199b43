//! The endpoints of users.

use axum::{Json, extract::Path, http::StatusCode};
use inject_runtime::{Routes, get, post, routes};

use super::{
    auth::CurrentUser,
    errors::UserError,
    schemas::{NewAccount, Profile, SignUp},
    service::UserService,
};
use crate::app::App;

/// All of them.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![sign_up, me, show]
}

/// Makes an account.
///
/// # Errors
///
/// The name is taken, or is none.
#[post("/users", public)]
pub(super) async fn sign_up(
    mut users: UserService,
    Json(user): Json<SignUp>,
) -> Result<(StatusCode, Json<NewAccount>), UserError> {
    Ok((StatusCode::CREATED, Json(users.sign_up(user).await?)))
}

/// Whoever asks.
#[get("/users/me", authenticated = CurrentUser)]
pub(super) async fn me(CurrentUser(profile): CurrentUser) -> Json<Profile> {
    Json(profile)
}

/// A user.
///
/// # Errors
///
/// There is no such user.
#[get("/users/{id}", public)]
pub(super) async fn show(mut users: UserService, Path(id): Path<i64>) -> Result<Json<Profile>, UserError> {
    Ok(Json(users.profile(id).await?))
}
