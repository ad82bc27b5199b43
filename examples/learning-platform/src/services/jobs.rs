//! Work that outlives the request, and the process: ports, and what is done.

use inject_runtime::service;
use serde::{Deserialize, Serialize};

use super::{
    BoxFuture, ServiceError,
    rag::{Embedded, EmbeddingService},
};

/// A piece of work. It is kept as JSON, so that it survives a restart.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
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

/// Does jobs.
#[service]
pub trait JobHandler: Send + Sync {
    /// Does one.
    ///
    /// # Errors
    ///
    /// It could not be done. It will be tried again, unless that has been done too often.
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// What has to be done, as far as the data show. A worker asks when it starts, and adds what is not in the queue: a process may have ended
    /// between a commit and what should have followed it.
    ///
    /// # Errors
    ///
    /// The database is not available.
    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>>;
}

/// Does them by means of the other services.
#[service]
pub struct JobService {
    embeddings: EmbeddingService,
}

impl JobHandler for JobService {
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move {
            match job {
                Job::EmbedChapter { chapter_id } => match self.embeddings.embed(chapter_id).await? {
                    Embedded::Passages(_) | Embedded::Removed | Embedded::Overtaken => Ok(()),
                },
            }
        })
    }

    fn outstanding(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>> {
        Box::pin(async {
            let stale = self.embeddings.stale().await?;
            Ok(stale.into_iter().map(|chapter_id| Job::EmbedChapter { chapter_id }).collect())
        })
    }
}
