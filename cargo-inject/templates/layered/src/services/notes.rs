//! Notes.

use inject_runtime::service;

use crate::{
    error::Error,
    models::{Note, User},
    page::Page,
    principal::UserRole,
    repositories::NoteRepository,
    schemas::{NewNote, NoteResponse},
};

/// Service for notes.
#[service(scope = request)]
pub struct NoteService {
    notes: NoteRepository,
}

impl NoteService {
    /// Lists the notes of `user`, the latest first.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn list(&mut self, user: &User, page: Page) -> Result<Vec<NoteResponse>, Error> {
        let notes = self.notes.of(user.id, page.limit, page.offset).await?;
        Ok(notes.into_iter().map(NoteResponse::from).collect())
    }

    /// Creates a note.
    ///
    /// # Errors
    ///
    /// The database fails.
    pub async fn add(&mut self, user: &User, note: NewNote) -> Result<NoteResponse, Error> {
        Ok(self.notes.insert(user.id, &note.text).await?.into())
    }

    /// Finds a note that `user` may see.
    ///
    /// # Errors
    ///
    /// The note does not exist, or belongs to another user.
    pub async fn get(&mut self, user: &User, id: i64) -> Result<NoteResponse, Error> {
        Ok(self.visible(user, id).await?.into())
    }

    /// Deletes a note.
    ///
    /// # Errors
    ///
    /// As [`get`](Self::get).
    pub async fn remove(&mut self, user: &User, id: i64) -> Result<(), Error> {
        let note = self.visible(user, id).await?;
        Ok(self.notes.remove(note.id).await?)
    }

    async fn visible(&mut self, user: &User, id: i64) -> Result<Note, Error> {
        let sees_all = user.role == UserRole::Admin.as_str();
        let note = self.notes.find(id).await?;
        note.filter(|note| sees_all || note.user_id == user.id)
            .ok_or(Error::NotFound { what: "note", id })
    }
}
