//! Health checks.

use inject_runtime::service;

use crate::repositories::{StorageError, health::HealthRepository};

/// Service that checks the dependencies of the application.
#[service]
pub struct HealthService {
    database: HealthRepository,
}

impl HealthService {
    /// Checks that the database responds.
    ///
    /// # Errors
    ///
    /// Returns an error if the database does not respond.
    pub async fn check_database(&self) -> Result<(), StorageError> {
        self.database.ping().await
    }
}
