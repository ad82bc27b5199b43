//! Who asks: what answers are fitted to.

use std::collections::HashSet;

use inject_runtime::service;

use crate::{core::security::ActiveUser, repositories::reading::ReadingRepository, services::ServiceError};

/// What is known of a reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    /// The grade that they are in, if they are in one: they are not shown what is for later grades.
    pub grade_level: Option<i64>,
    /// The chapters that they have begun, those included that they have finished.
    pub begun: HashSet<i64>,
}

/// Finds out who asks.
#[service]
pub struct ReaderService {
    reading: ReadingRepository,
}

impl ReaderService {
    /// What is known of them as a reader. Teachers and admins are in no grade.
    ///
    /// # Errors
    ///
    /// The database is to blame.
    pub async fn reader(&self, user: &ActiveUser) -> Result<Reader, ServiceError> {
        let begun = self.reading.begun(user.0.id).await?;
        Ok(Reader { grade_level: user.0.grade_level, begun: begun.into_iter().collect() })
    }
}
