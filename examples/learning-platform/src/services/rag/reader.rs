//! Reader whose data influences the answers.

use std::collections::HashSet;

use inject_runtime::service;

use crate::{core::security::ActiveUser, repositories::reading::ReadingRepository, services::ServiceError};

/// Data of a reader.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct Reader {
    /// Grade of the reader, if any. The reader gets no passages for higher grades.
    pub grade_level: Option<i64>,
    /// Chapters that the reader has started, including completed ones.
    pub started: HashSet<i64>,
}

/// Service that loads readers.
#[service]
pub struct ReaderService {
    reading: ReadingRepository,
}

impl ReaderService {
    /// Loads the data of a user as a reader. Teachers and admins have no grade.
    ///
    /// # Errors
    ///
    /// Returns an error if the database fails.
    pub async fn load(&self, user: &ActiveUser) -> Result<Reader, ServiceError> {
        let started = self.reading.started(user.0.id).await?;
        Ok(Reader { grade_level: user.0.grade_level, started: started.into_iter().collect() })
    }
}
