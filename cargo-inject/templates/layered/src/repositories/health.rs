//! State of the database.

use inject_runtime::repository;
use sqlx::Pool;

use crate::database::Db;

/// Repository that checks the database.
#[repository]
pub struct HealthRepository {
    pool: Pool<Db>,
}

impl HealthRepository {
    pub(crate) async fn ping(&self) -> sqlx::Result<()> {
        sqlx::query("SELECT 1").execute(&self.pool).await?;
        Ok(())
    }
}
