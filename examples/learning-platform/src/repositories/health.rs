//! Whether the database is there.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;

/// Asks the database for a sign of life.
#[repository]
pub struct HealthRepository {
    pool: AnyPool,
}

impl HealthRepository {
    /// Whether it answers.
    ///
    /// # Errors
    ///
    /// It does not.
    pub async fn ping(&self) -> Result<(), StorageError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
