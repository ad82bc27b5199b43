//! Queries of the dashboard, which are independent of each other and use separate connections.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{AnyPool, Row as _};

use super::{StorageError, activity::day_number, content::read_listed_chapter};
use crate::models::{content::ListedChapter, progress::ProgressSummary};

/// Repository of the data of the dashboard.
///
/// It is not request-scoped: a transaction has one connection, on which queries run one after the other. These
/// queries run concurrently.
#[repository]
pub struct DashboardRepository {
    pool: AnyPool,
}

/// Common part of the lists. `$1` is the id of the reader.
macro_rules! listed_chapters {
    ($rest:literal) => {
        concat!(
            "SELECT c.id, c.author_id, c.title, c.summary, c.grade_level, c.updated_at, c.published_at, c.revision,",
            " c.length, u.name AS author_name,",
            " p.percent, p.updated_at AS read_at, p.completed_at",
            " FROM chapters c JOIN users u ON u.id = c.author_id",
            " LEFT JOIN progress p ON p.chapter_id = c.id AND p.user_id = $1",
            " WHERE c.published_at IS NOT NULL ",
            $rest
        )
    };
}

impl DashboardRepository {
    /// Returns the reading statistics of a reader.
    pub async fn summary(&self, reader_id: i64, now: Timestamp) -> Result<ProgressSummary, StorageError> {
        let query = "SELECT COUNT(*) AS started, COUNT(p.completed_at) AS completed, \
                     CAST(COALESCE(SUM(p.percent), 0) AS BIGINT) AS percents, \
                     (SELECT COUNT(*) FROM reading_days WHERE user_id = $1 AND day > $2) AS days_read \
                     FROM progress p JOIN chapters c ON c.id = p.chapter_id \
                     WHERE p.user_id = $1 AND c.published_at IS NOT NULL";
        let row = sqlx::query(query).bind(reader_id).bind(day_number(now) - 7).fetch_one(&self.pool).await?;
        let (started, percents): (i64, i64) = (row.try_get("started")?, row.try_get("percents")?);
        Ok(ProgressSummary {
            started,
            completed: row.try_get("completed")?,
            average_percent: percents.checked_div(started).unwrap_or(0),
            days_read: row.try_get("days_read")?,
        })
    }

    /// Returns the chapters that a reader has not completed, optionally of one grade: started ones first, most recent
    /// first.
    pub async fn next(
        &self,
        reader_id: i64,
        grade_level: Option<i64>,
        limit: i64,
    ) -> Result<Vec<ListedChapter>, StorageError> {
        let query = listed_chapters!(
            "AND p.completed_at IS NULL AND (CAST($2 AS BIGINT) IS NULL OR c.grade_level = $2) \
             ORDER BY COALESCE(-p.updated_at, 0), c.id LIMIT $3"
        );
        let query = sqlx::query(query).bind(reader_id).bind(grade_level).bind(limit);
        let rows = query.fetch_all(&self.pool).await?;
        Ok(rows.iter().map(|row| read_listed_chapter(row, reader_id)).collect::<Result<_, _>>()?)
    }

    /// Returns the most recently published chapters of all grades.
    pub async fn recent(&self, reader_id: i64, limit: i64) -> Result<Vec<ListedChapter>, StorageError> {
        let query = listed_chapters!("ORDER BY c.published_at DESC, c.id DESC LIMIT $2");
        let rows = sqlx::query(query).bind(reader_id).bind(limit).fetch_all(&self.pool).await?;
        Ok(rows.iter().map(|row| read_listed_chapter(row, reader_id)).collect::<Result<_, _>>()?)
    }
}
