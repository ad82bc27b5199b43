//! A port: work that outlives the request, and the process.

use inject_runtime::service;
use serde::{Deserialize, Serialize};

use super::{BoxFuture, ServiceError};

/// A piece of work. It is kept as JSON, so that it survives a restart.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Serialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Make a chapter searchable, as its text is when the job is done; or make it unsearchable, if it is gone or not published.
    EmbedChapter {
        /// Which.
        chapter_id: i64,
    },
}

/// Keeps jobs until they are done. Workers take them from there, in this process or in another one.
#[service]
pub trait JobQueue: Send + Sync {
    /// Adds a job. It may be done more than once, so doing it twice is as good as once.
    ///
    /// # Errors
    ///
    /// The queue is not available.
    fn add(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>>;
}
