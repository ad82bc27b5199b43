//! Health check of the database.

use inject_runtime::repository;
use sqlx::AnyPool;

use super::StorageError;

/// Repository that checks the connection to the database.
#[repository]
pub struct HealthRepository {
    pool: AnyPool,
}

impl HealthRepository {
    /// Checks that the database responds.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn ping(&self) -> Result<(), StorageError> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
