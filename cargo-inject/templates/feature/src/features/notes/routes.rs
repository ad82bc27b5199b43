//! Endpoints of notes.

use axum::response::NoContent;
use inject_runtime::{Routes, delete, get, post, routes};

use super::{
    schemas::{NewNote, NoteResponse},
    service::NoteService,
};
use crate::{
    app::App,
    error::Error,
    extract::{Created, Json, Path, Query},
    features::users::CurrentUser,
    page::Page,
};

/// Routes of the endpoints.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![list, add, show, remove]
}

/// Lists the notes of the authenticated user, the latest first.
#[get("/notes", authenticated)]
pub(super) async fn list(
    CurrentUser(user): CurrentUser,
    Query(page): Query<Page>,
    mut notes: NoteService,
) -> Result<Json<Vec<NoteResponse>>, Error> {
    Ok(Json(notes.list(&user, page).await?))
}

/// Creates a note.
#[post("/notes", authenticated)]
pub(super) async fn add(
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
pub(super) async fn show(
    CurrentUser(user): CurrentUser,
    Path(id): Path<i64>,
    mut notes: NoteService,
) -> Result<Json<NoteResponse>, Error> {
    Ok(Json(notes.get(&user, id).await?))
}

/// Deletes a note.
#[delete("/notes/{id}", authenticated)]
pub(super) async fn remove(
    CurrentUser(user): CurrentUser,
    Path(id): Path<i64>,
    mut notes: NoteService,
) -> Result<NoContent, Error> {
    notes.remove(&user, id).await?;
    Ok(NoContent)
}
