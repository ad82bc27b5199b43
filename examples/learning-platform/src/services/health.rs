//! Whether what we depend on is there.

use inject_runtime::service;

use crate::repositories::{StorageError, health::HealthRepository};

/// Whether what we depend on is there.
#[service]
pub struct HealthService {
    database: HealthRepository,
}

impl HealthService {
    /// Whether the database answers.
    ///
    /// # Errors
    ///
    /// It does not.
    pub async fn database(&self) -> Result<(), StorageError> {
        self.database.ping().await
    }
}
