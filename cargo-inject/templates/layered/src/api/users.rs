//! Accounts, for administrators.

use inject_runtime::{Routes, get, require_role, routes};

use crate::{
    app::App,
    error::Error,
    extract::{Json, Query},
    page::Page,
    principal::UserRole,
    schemas::UserResponse,
    services::AuthService,
};

pub(super) fn routes() -> Routes<App> {
    routes![list]
}

/// Lists all accounts.
#[get("/users")]
#[require_role(UserRole::Admin)]
pub(super) async fn list(
    Query(page): Query<Page>,
    mut auth: AuthService,
) -> Result<Json<Vec<UserResponse>>, Error> {
    Ok(Json(auth.list(page).await?))
}
