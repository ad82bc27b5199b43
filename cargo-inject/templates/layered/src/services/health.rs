//! State of the application.

use inject_runtime::service;

use crate::{error::Error, repositories::HealthRepository};

/// Service that checks what the application depends on.
#[service]
pub struct HealthService {
    database: HealthRepository,
}

impl HealthService {
    /// Checks that the database responds.
    ///
    /// # Errors
    ///
    /// The database is away.
    pub async fn check(&self) -> Result<(), Error> {
        Ok(self.database.ping().await?)
    }
}
