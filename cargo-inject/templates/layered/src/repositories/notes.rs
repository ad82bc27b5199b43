//! Notes.

use inject_runtime::repository;

use crate::{database::Tx, models::Note};

/// Repository of notes.
#[repository(scope = request)]
pub struct NoteRepository {
    tx: Tx,
}

impl NoteRepository {
    pub(crate) async fn insert(&mut self, user_id: i64, text: &str) -> sqlx::Result<Note> {
        let query = sqlx::query_as("INSERT INTO notes (user_id, text) VALUES ($1, $2) RETURNING *");
        query.bind(user_id).bind(text).fetch_one(&mut self.tx).await
    }

    pub(crate) async fn find(&mut self, id: i64) -> sqlx::Result<Option<Note>> {
        let query = sqlx::query_as("SELECT * FROM notes WHERE id = $1").bind(id);
        query.fetch_optional(&mut self.tx).await
    }

    pub(crate) async fn of(
        &mut self,
        user_id: i64,
        limit: i64,
        offset: i64,
    ) -> sqlx::Result<Vec<Note>> {
        let query = sqlx::query_as(
            "SELECT * FROM notes WHERE user_id = $1 ORDER BY id DESC LIMIT $2 OFFSET $3",
        );
        let query = query.bind(user_id).bind(limit).bind(offset);
        query.fetch_all(&mut self.tx).await
    }

    pub(crate) async fn remove(&mut self, id: i64) -> sqlx::Result<()> {
        let query = sqlx::query("DELETE FROM notes WHERE id = $1").bind(id);
        query.execute(&mut self.tx).await?;
        Ok(())
    }
}
