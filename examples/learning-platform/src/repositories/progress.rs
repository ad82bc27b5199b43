//! Reading progress.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{Error, FromRow, Row as _, any::AnyRow};

use super::StorageError;
use crate::{
    core::page::{ListPage, Page},
    db::{RowExt as _, Tx},
    models::progress::{Progress, ReadChapter},
};

/// Repository of reading progress, in the transaction of the request.
#[repository(scope = request)]
pub struct ProgressRepository {
    tx: Tx,
}

impl ProgressRepository {
    /// Records that a reader has reached `percent` of a chapter. The progress never decreases, and the time of
    /// completion never changes.
    ///
    /// One statement, so that of two concurrent requests the higher value wins.
    pub async fn advance(
        &mut self,
        user_id: i64,
        chapter_id: i64,
        percent: i64,
        now: Timestamp,
    ) -> Result<Progress, StorageError> {
        let query = "INSERT INTO progress (user_id, chapter_id, percent, updated_at, completed_at) \
                     VALUES ($1, $2, $3, $4, $5) ON CONFLICT (user_id, chapter_id) DO UPDATE SET \
                     percent = CASE WHEN excluded.percent > progress.percent THEN excluded.percent ELSE progress.percent END, \
                     updated_at = excluded.updated_at, \
                     completed_at = COALESCE(progress.completed_at, excluded.completed_at) RETURNING *";
        let completed_at = (percent >= 100).then_some(now.as_second());
        let query = sqlx::query_as(query)
            .bind(user_id)
            .bind(chapter_id)
            .bind(percent)
            .bind(now.as_second())
            .bind(completed_at);
        Ok(query.fetch_one(&mut self.tx).await?)
    }

    /// Returns the progress of a reader in a chapter.
    pub async fn find(&mut self, user_id: i64, chapter_id: i64) -> Result<Option<Progress>, StorageError> {
        let query = "SELECT * FROM progress WHERE user_id = $1 AND chapter_id = $2";
        let query = sqlx::query_as(query).bind(user_id).bind(chapter_id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the published chapters that a reader has started, most recent first.
    pub async fn list(&mut self, user_id: i64, page: Page) -> Result<ListPage<ReadChapter>, StorageError> {
        let count = "SELECT COUNT(*) FROM progress p JOIN chapters c ON c.id = p.chapter_id \
                     WHERE p.user_id = $1 AND c.published_at IS NOT NULL";
        let total = sqlx::query_scalar(count).bind(user_id).fetch_one(&mut self.tx).await?;
        let query = "SELECT p.*, c.title, c.grade_level FROM progress p JOIN chapters c ON c.id = p.chapter_id \
                     WHERE p.user_id = $1 AND c.published_at IS NOT NULL \
                     ORDER BY p.updated_at DESC, p.chapter_id LIMIT $2 OFFSET $3";
        let query = sqlx::query_as(query).bind(user_id).bind(page.limit).bind(page.offset);
        let items = query.fetch_all(&mut self.tx).await?;
        Ok(ListPage { items, total })
    }

    /// Returns the number of readers who have started a chapter, and the number of those who have completed it.
    pub async fn readers(&mut self, chapter_id: i64) -> Result<(i64, i64), StorageError> {
        let query = "SELECT COUNT(*), COUNT(completed_at) FROM progress WHERE chapter_id = $1";
        let query = sqlx::query_as(query).bind(chapter_id);
        Ok(query.fetch_one(&mut self.tx).await?)
    }
}

impl FromRow<'_, AnyRow> for Progress {
    fn from_row(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            user_id: row.try_get("user_id")?,
            chapter_id: row.try_get("chapter_id")?,
            percent: row.try_get("percent")?,
            updated_at: row.time("updated_at")?,
            completed_at: row.optional_time("completed_at")?,
        })
    }
}

impl FromRow<'_, AnyRow> for ReadChapter {
    fn from_row(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            title: row.try_get("title")?,
            grade_level: row.try_get("grade_level")?,
            progress: Progress::from_row(row)?,
        })
    }
}
