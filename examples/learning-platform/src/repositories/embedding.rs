//! Chapters, with the data that the vector store depends on.

use inject_runtime::repository;
use sqlx::{AnyPool, FromRow, Row as _, any::AnyRow};

use super::StorageError;

/// Repository that reads chapters for the vector store, and records which revision it contains.
///
/// It is not request-scoped: jobs compute the embeddings, and each statement is a separate transaction. Between the
/// statements a model is called, and no transaction should stay open meanwhile.
#[repository]
pub struct EmbeddingRepository {
    pool: AnyPool,
}

/// Chapter, with the data that the vector store depends on.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct EmbeddingSource {
    /// Id of the chapter.
    pub id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Text of the chapter.
    pub body: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Revision of the text.
    pub revision: i64,
    /// Whether students can read the chapter.
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
    /// Returns the chapter with that id.
    pub async fn find(&self, id: i64) -> Result<Option<EmbeddingSource>, StorageError> {
        let query = "SELECT id, title, body, grade_level, revision, published_at FROM chapters WHERE id = $1";
        Ok(sqlx::query_as(query).bind(id).fetch_optional(&self.pool).await?)
    }

    /// Returns the chapters whose passages are outdated: published without the current revision in the vector store,
    /// or in the vector store without being published.
    pub async fn stale(&self) -> Result<Vec<i64>, StorageError> {
        let query = "SELECT id FROM chapters WHERE (published_at IS NOT NULL AND embedded <> revision) \
                     OR (published_at IS NULL AND embedded <> 0) ORDER BY id";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }

    /// Returns all published chapters.
    pub async fn published(&self) -> Result<Vec<i64>, StorageError> {
        let query = "SELECT id FROM chapters WHERE published_at IS NOT NULL ORDER BY id";
        Ok(sqlx::query_scalar(query).fetch_all(&self.pool).await?)
    }

    /// Records that the vector store contains this revision of a published chapter. Returns `false` if the chapter
    /// has changed since: it has another revision, was unpublished, or was deleted.
    pub async fn mark_embedded(&self, id: i64, revision: i64) -> Result<bool, StorageError> {
        let query =
            "UPDATE chapters SET embedded = $2 WHERE id = $1 AND revision = $2 AND published_at IS NOT NULL";
        let result = sqlx::query(query).bind(id).bind(revision).execute(&self.pool).await?;
        Ok(result.rows_affected() > 0)
    }

    /// Records that the vector store contains no passages of an unpublished chapter. Returns `false` if the chapter
    /// is published, or was deleted.
    pub async fn mark_removed(&self, id: i64) -> Result<bool, StorageError> {
        let query = "UPDATE chapters SET embedded = 0 WHERE id = $1 AND published_at IS NULL";
        let result = sqlx::query(query).bind(id).execute(&self.pool).await?;
        Ok(result.rows_affected() > 0)
    }
}
