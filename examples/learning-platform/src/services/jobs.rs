//! Jobs, which survive a restart of the process: ports, and the handler.

use inject_runtime::{repository, service};
use serde::{Deserialize, Serialize};

use super::{
    BoxFuture, ServiceError,
    rag::{EmbeddingOutcome, EmbeddingService},
};

/// Job of the queue. It is stored as JSON, so that it survives a restart.
#[derive(Clone, Debug, Deserialize, PartialEq, Eq, Hash, Serialize)]
#[serde(tag = "job", rename_all = "snake_case")]
pub enum Job {
    /// Updates the vector store with the current text of a chapter, or removes the chapter from it if it was deleted
    /// or unpublished.
    EmbedChapter {
        /// Id of the chapter.
        chapter_id: i64,
    },
}

/// Port of a queue that stores jobs. Workers fetch the jobs, in this process or in another one.
#[repository]
pub trait JobQueue: Send + Sync {
    /// Adds a job. A job may run more than once, so it must be idempotent.
    ///
    /// # Errors
    ///
    /// Returns an error if the queue is not available.
    fn add(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>>;
}

/// Port that runs jobs.
#[service]
pub trait JobHandler: Send + Sync {
    /// Runs a job.
    ///
    /// # Errors
    ///
    /// Returns an error if the job fails. The worker retries it up to the maximum number of attempts.
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// Returns the jobs that the data requires. A worker calls this at startup and adds the jobs that are missing in
    /// the queue, because a process may have ended between a commit and the addition of a job.
    ///
    /// # Errors
    ///
    /// Returns an error if the database is not available.
    fn required_jobs(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>>;
}

/// Handler that runs jobs with the other services.
#[service]
pub struct JobService {
    embeddings: EmbeddingService,
}

impl JobHandler for JobService {
    fn perform(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move {
            match job {
                Job::EmbedChapter { chapter_id } => match self.embeddings.embed(chapter_id).await? {
                    EmbeddingOutcome::Passages(_)
                    | EmbeddingOutcome::Removed
                    | EmbeddingOutcome::Outdated => Ok(()),
                },
            }
        })
    }

    fn required_jobs(&self) -> BoxFuture<'_, Result<Vec<Job>, ServiceError>> {
        Box::pin(async {
            let stale = self.embeddings.stale().await?;
            Ok(stale.into_iter().map(|chapter_id| Job::EmbedChapter { chapter_id }).collect())
        })
    }
}
