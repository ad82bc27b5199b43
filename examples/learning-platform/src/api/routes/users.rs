//! Endpoints for users. Users see their own account, teachers see all accounts, admins change them.

use axum::response::NoContent;
use inject_runtime::{Authorized, Routes, delete, get, patch, put, require_role, routes};

use crate::{
    api::{
        errors::ApiError,
        extract::{Json, Path},
    },
    app::App,
    core::{
        page::Page,
        security::{ActiveUser, UserRole, roles},
    },
    models::user::UserFilter,
    schemas::{
        PageOf,
        user::{ProfileRequest, RoleRequest, UserResponse, UserResponseV2},
    },
    services::user::UserService,
};

/// Returns the routes of version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![list, me, show, update, set_role].merge(common_routes())
}

/// Returns the routes of version 2, which has another representation of users.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![list_v2, me_v2, show_v2, update_v2, set_role_v2].merge(common_routes())
}

fn common_routes() -> Routes<App> {
    routes![deactivate]
}

/// Lists all users, oldest account first.
///
/// # Errors
///
/// 503 if the database is not available.
#[get("/users")]
#[require_role(UserRole::Admin)]
pub async fn list(
    mut users: UserService,
    by: Authorized<roles::Admin>,
    filter: UserFilter,
    page: Page,
) -> Result<Json<PageOf<UserResponse>>, ApiError> {
    let found = users.list(&by, &filter, page).await?;
    Ok(Json(PageOf::new(found.map(Into::into), page)))
}

/// Lists all users, oldest account first.
///
/// # Errors
///
/// 503 if the database is not available.
#[get("/users")]
#[require_role(UserRole::Admin)]
pub async fn list_v2(
    mut users: UserService,
    by: Authorized<roles::Admin>,
    filter: UserFilter,
    page: Page,
) -> Result<Json<PageOf<UserResponseV2>>, ApiError> {
    let found = users.list(&by, &filter, page).await?;
    Ok(Json(PageOf::new(found.map(Into::into), page)))
}

/// Returns the authenticated user.
#[get("/users/me", authenticated)]
pub async fn me(ActiveUser(user): ActiveUser) -> Json<UserResponse> {
    Json(user.into())
}

/// Returns the authenticated user.
#[get("/users/me", authenticated)]
pub async fn me_v2(ActiveUser(user): ActiveUser) -> Json<UserResponseV2> {
    Json(user.into())
}

/// Returns a user. Students can see only their own account.
///
/// # Errors
///
/// 403 for a student who requests another user, 404 if the user does not exist.
#[get("/users/{id}", authenticated)]
pub async fn show(
    mut users: UserService,
    viewer: ActiveUser,
    Path(id): Path<i64>,
) -> Result<Json<UserResponse>, ApiError> {
    Ok(Json(users.profile(&viewer, id).await?.into()))
}

/// Returns a user. Students can see only their own account.
///
/// # Errors
///
/// 403 for a student who requests another user, 404 if the user does not exist.
#[get("/users/{id}", authenticated)]
pub async fn show_v2(
    mut users: UserService,
    viewer: ActiveUser,
    Path(id): Path<i64>,
) -> Result<Json<UserResponseV2>, ApiError> {
    Ok(Json(users.profile(&viewer, id).await?.into()))
}

/// Changes the account of the authenticated user.
///
/// # Errors
///
/// 422 if a field has an invalid value.
#[patch("/users/me", authenticated)]
pub async fn update(
    mut users: UserService,
    user: ActiveUser,
    Json(change): Json<ProfileRequest>,
) -> Result<Json<UserResponse>, ApiError> {
    Ok(Json(users.update(&user, change.into()).await?.into()))
}

/// Changes the account of the authenticated user.
///
/// # Errors
///
/// 422 if a field has an invalid value.
#[patch("/users/me", authenticated)]
pub async fn update_v2(
    mut users: UserService,
    user: ActiveUser,
    Json(change): Json<ProfileRequest>,
) -> Result<Json<UserResponseV2>, ApiError> {
    Ok(Json(users.update(&user, change.into()).await?.into()))
}

/// Changes the role of a user. The change applies to the next request of the user.
///
/// # Errors
///
/// 404 if the user does not exist, 409 if no admin would remain.
#[put("/users/{id}/role")]
#[require_role(UserRole::Admin)]
pub async fn set_role(
    mut users: UserService,
    by: Authorized<roles::Admin>,
    Path(id): Path<i64>,
    Json(RoleRequest { role }): Json<RoleRequest>,
) -> Result<Json<UserResponse>, ApiError> {
    Ok(Json(users.set_role(&by, id, role.into()).await?.into()))
}

/// Changes the role of a user. The change applies to the next request of the user.
///
/// # Errors
///
/// 404 if the user does not exist, 409 if no admin would remain.
#[put("/users/{id}/role")]
#[require_role(UserRole::Admin)]
pub async fn set_role_v2(
    mut users: UserService,
    by: Authorized<roles::Admin>,
    Path(id): Path<i64>,
    Json(RoleRequest { role }): Json<RoleRequest>,
) -> Result<Json<UserResponseV2>, ApiError> {
    Ok(Json(users.set_role(&by, id, role.into()).await?.into()))
}

/// Deactivates an account, and ends its sessions. The chapters of the user remain.
///
/// # Errors
///
/// 404 if the user does not exist, 409 if no admin would remain.
#[delete("/users/{id}")]
#[require_role(UserRole::Admin)]
pub async fn deactivate(
    mut users: UserService,
    by: Authorized<roles::Admin>,
    Path(id): Path<i64>,
) -> Result<NoContent, ApiError> {
    users.deactivate(&by, id).await?;
    Ok(NoContent)
}
