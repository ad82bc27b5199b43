//! What somebody has read, as far as answers depend on it.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;

/// Reads how far readers are, each time with one query and on whatever connection is free.
///
/// Not in the transaction of the request: that would keep its connection until the answer begins, and answers wait for models.
#[repository]
pub struct ReadingRepository {
    pool: AnyPool,
}

impl ReadingRepository {
    /// The chapters that a user has begun, or finished.
    pub async fn begun(&self, user_id: i64) -> Result<Vec<i64>, StorageError> {
        let query = sqlx::query_scalar("SELECT chapter_id FROM progress WHERE user_id = $1 AND percent > 0")
            .bind(user_id);
        Ok(query.fetch_all(&self.pool).await?)
    }
}
