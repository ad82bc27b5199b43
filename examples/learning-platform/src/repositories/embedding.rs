//! Chapters, as far as the vector store depends on them.

use inject_runtime::repository;
use sqlx::{AnyPool, FromRow, Row as _, any::AnyRow};

use super::StorageError;

/// Reads chapters for the vector store, and keeps which revision it has.
///
/// It is of the container, and not of a request: embeddings are made by jobs, and each of its statements stands for itself. Between them a
/// model is called, which no transaction should wait for.
#[repository]
pub struct EmbeddingRepository {
    pool: AnyPool,
}

/// A chapter, as far as the vector store depends on it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingSource {
    /// Its number.
    pub id: i64,
    /// Its heading.
    pub title: String,
    /// Its text.
    pub body: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// Which text this is.
    pub revision: i64,
    /// Whether students can read it.
    pub is_published: bool,
}

impl FromRow<'_, AnyRow> for EmbeddingSource {
    fn from_row(row: &AnyRow) -> Result<Self, sqlx::Error> {
        let published_at: Option<i64> = row.try_get("published_at")?;
        Ok(Self {
            id: row.try_get("id")?,
            title: row.try_get("title")?,
            body: row.try_get("body")?,
            grade_level: row.try_get("grade_level")?,
            revision: row.try_get("revision")?,
            is_published: published_at.is_some(),
        })
    }
}

impl EmbeddingRepository {
    /// The chapter with that number.
    pub async fn find(&self, id: i64) -> Result<Option<EmbeddingSource>, StorageError> {
        let query = "SELECT id, title, body, grade_level, revision, published_at FROM chapters WHERE id = $1";
        Ok(sqlx::query_as(query).bind(id).fetch_optional(&self.pool).await?)
    }

    /// The chapters whose passages are not those of their text: published and not embedded as they are, or embedded and not published.
    pub async fn stale(&self) -> Result<Vec<i64>, StorageError> {
        let query = "SELECT id FROM chapters WHERE (published_at IS NOT NULL AND embedded <> revision) \
                     OR (published_at IS NULL AND embedded <> 0) ORDER BY id";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }

    /// All chapters that students can read.
    pub async fn published(&self) -> Result<Vec<i64>, StorageError> {
        let query = "SELECT id FROM chapters WHERE published_at IS NOT NULL ORDER BY id";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }

    /// Keeps that the vector store has this revision of a published chapter. `false` if that is not what the chapter is any more: its text
    /// has been changed, or it is gone or not published.
    pub async fn mark_embedded(&self, id: i64, revision: i64) -> Result<bool, StorageError> {
        let query =
            "UPDATE chapters SET embedded = $2 WHERE id = $1 AND revision = $2 AND published_at IS NOT NULL";
        let result = sqlx::query(query).bind(id).bind(revision).execute(&self.pool).await?;
        Ok(result.rows_affected() > 0)
    }

    /// Keeps that the vector store has nothing of a chapter that is not published. `false` if it is published, or gone.
    pub async fn mark_removed(&self, id: i64) -> Result<bool, StorageError> {
        let query = "UPDATE chapters SET embedded = 0 WHERE id = $1 AND published_at IS NULL";
        let result = sqlx::query(query).bind(id).execute(&self.pool).await?;
        Ok(result.rows_affected() > 0)
    }
}
