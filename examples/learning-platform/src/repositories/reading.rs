//! Chapters that a user has started, as input for answers.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;

/// Repository that reads the started chapters, each time with one query on any free connection.
///
/// It does not use the transaction of the request, which would hold its connection until the answer begins, and
/// answers wait for models.
#[repository]
pub struct ReadingRepository {
    pool: AnyPool,
}

impl ReadingRepository {
    /// Returns the chapters that a user has started or completed.
    pub async fn started(&self, user_id: i64) -> Result<Vec<i64>, StorageError> {
        let query = sqlx::query_scalar("SELECT chapter_id FROM progress WHERE user_id = $1 AND percent > 0")
            .bind(user_id);
        Ok(query.fetch_all(&self.pool).await?)
    }
}
