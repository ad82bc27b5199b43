//! Endpoints with their policies.

use axum::response::NoContent;
use inject_runtime::{
    Bearer, Inject, Routes, Unauthorized, delete, get, inject, post, require_role, routes,
};

use crate::{
    app::App,
    error::Error,
    extract::{Created, Json, Path, Query},
    page::Page,
    principal::{CurrentUser, UserRole},
    schemas::{Credentials, NewNote, NoteResponse, Session, UserResponse},
    service::{AuthService, HealthService, NoteService},
};

/// Routes of the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![
        health, ready, register, login, logout, me, list, add, show, remove, users
    ]
}

/// Reports that the process runs. If it does not, restart it.
#[get("/health", public)]
pub async fn health() -> &'static str {
    "ok"
}

/// Reports that the database responds. If it does not, send requests to another instance.
#[get("/ready", public)]
pub async fn ready(Inject(health): Inject<HealthService>) -> Result<&'static str, Error> {
    health.check().await?;
    Ok("ready")
}

/// Provider of the authenticated user, for endpoints with a parameter `CurrentUser`.
#[inject]
pub async fn current_user(bearer: Bearer, auth: AuthService) -> Result<CurrentUser, Error> {
    match auth.user_of(bearer.token()).await? {
        Some(user) => Ok(CurrentUser(user)),
        None => Err(Unauthorized::bearer().error("invalid_token").into()),
    }
}

/// Creates an account and a session. The command `create-admin` creates the accounts of administrators.
#[post("/auth/register", public)]
pub async fn register(
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
pub async fn login(
    mut auth: AuthService,
    Json(credentials): Json<Credentials>,
) -> Result<Json<Session>, Error> {
    Ok(Json(auth.login(credentials).await?))
}

/// Ends the session.
#[post("/auth/logout", authenticated = CurrentUser)]
pub async fn logout(bearer: Bearer, mut auth: AuthService) -> Result<NoContent, Error> {
    auth.logout(bearer.token()).await?;
    Ok(NoContent)
}

/// Returns the authenticated user.
#[get("/users/me", authenticated)]
pub async fn me(CurrentUser(user): CurrentUser) -> Json<UserResponse> {
    Json(user.into())
}

/// Lists the notes of the authenticated user, the latest first.
#[get("/notes", authenticated)]
pub async fn list(
    CurrentUser(user): CurrentUser,
    Query(page): Query<Page>,
    mut notes: NoteService,
) -> Result<Json<Vec<NoteResponse>>, Error> {
    Ok(Json(notes.list(&user, page).await?))
}

/// Creates a note.
#[post("/notes", authenticated)]
pub async fn add(
    CurrentUser(user): CurrentUser,
    mut notes: NoteService,
    Json(note): Json<NewNote>,
) -> Result<Created<NoteResponse>, Error> {
    let note = notes.add(&user, note).await?;
    Ok(Created {
        location: format!("/notes/{}", note.id),
        body: note,
    })
}

/// Note.
#[get("/notes/{id}", authenticated)]
pub async fn show(
    CurrentUser(user): CurrentUser,
    Path(id): Path<i64>,
    mut notes: NoteService,
) -> Result<Json<NoteResponse>, Error> {
    Ok(Json(notes.get(&user, id).await?))
}

/// Deletes a note.
#[delete("/notes/{id}", authenticated)]
pub async fn remove(
    CurrentUser(user): CurrentUser,
    Path(id): Path<i64>,
    mut notes: NoteService,
) -> Result<NoContent, Error> {
    notes.remove(&user, id).await?;
    Ok(NoContent)
}

/// Lists all accounts.
#[get("/users")]
#[require_role(UserRole::Admin)]
pub async fn users(
    Query(page): Query<Page>,
    mut auth: AuthService,
) -> Result<Json<Vec<UserResponse>>, Error> {
    Ok(Json(auth.list(page).await?))
}
