//! Users: everybody sees themselves, teachers see all, admins change them.

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

/// Version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![list, show, update, set_role].merge(of_all_versions())
}

/// Version 2: users look different.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![list_v2, show_v2, update_v2, set_role_v2].merge(of_all_versions())
}

fn of_all_versions() -> Routes<App> {
    routes![deactivate]
}

/// All users, the oldest account first.
///
/// # Errors
///
/// The database is to blame.
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

/// All users, the oldest account first.
///
/// # Errors
///
/// The database is to blame.
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

/// A user. Students can look at nobody but themselves.
///
/// # Errors
///
/// 403 for a student who asks for somebody else, 404 if there is no such user.
#[get("/users/{id}", authenticated = ActiveUser)]
pub async fn show(
    mut users: UserService,
    viewer: ActiveUser,
    Path(id): Path<i64>,
) -> Result<Json<UserResponse>, ApiError> {
    Ok(Json(users.profile(&viewer, id).await?.into()))
}

/// A user. Students can look at nobody but themselves.
///
/// # Errors
///
/// 403 for a student who asks for somebody else, 404 if there is no such user.
#[get("/users/{id}", authenticated = ActiveUser)]
pub async fn show_v2(
    mut users: UserService,
    viewer: ActiveUser,
    Path(id): Path<i64>,
) -> Result<Json<UserResponseV2>, ApiError> {
    Ok(Json(users.profile(&viewer, id).await?.into()))
}

/// Changes your own account.
///
/// # Errors
///
/// 422 if a field has a value that it cannot have.
#[patch("/users/me", authenticated = ActiveUser)]
pub async fn update(
    mut users: UserService,
    user: ActiveUser,
    Json(change): Json<ProfileRequest>,
) -> Result<Json<UserResponse>, ApiError> {
    Ok(Json(users.update(&user, change.into()).await?.into()))
}

/// Changes your own account.
///
/// # Errors
///
/// 422 if a field has a value that it cannot have.
#[patch("/users/me", authenticated = ActiveUser)]
pub async fn update_v2(
    mut users: UserService,
    user: ActiveUser,
    Json(change): Json<ProfileRequest>,
) -> Result<Json<UserResponseV2>, ApiError> {
    Ok(Json(users.update(&user, change.into()).await?.into()))
}

/// Gives a user another role, from their next request on.
///
/// # Errors
///
/// 404 if there is no such user, 409 if there would be no admin any more.
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

/// Gives a user another role, from their next request on.
///
/// # Errors
///
/// 404 if there is no such user, 409 if there would be no admin any more.
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

/// Closes an account, and ends its sessions. What the user has written stays.
///
/// # Errors
///
/// 404 if there is no such user, 409 if there would be no admin any more.
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
