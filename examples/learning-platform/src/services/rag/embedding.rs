//! Embedding of chapters.

use std::sync::Arc;

use inject_runtime::service;

use super::{
    EmbeddedPassage, Embedder, Passage, VectorStore,
    passages::{Limits, split},
};
use crate::{
    repositories::embedding::{EmbeddingRepository, EmbeddingSource},
    services::ServiceError,
};

/// Maximum number of repetitions for a chapter that changes while it is embedded. Each change has its own job, so
/// stopping loses nothing.
const MAX_ROUNDS: usize = 3;

/// Service that makes chapters searchable. It is not request-scoped, because jobs and `bin/embed` call it.
#[service]
pub struct EmbeddingService {
    chapters: EmbeddingRepository,
    embedder: Arc<dyn Embedder>,
    vectors: Arc<dyn VectorStore>,
}

/// Result of embedding a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum EmbeddingOutcome {
    /// The chapter is searchable, in that number of passages.
    Passages(usize),
    /// The chapter was deleted or unpublished, and was removed from the vector store.
    Removed,
    /// The chapter changed in each round. Another job embeds it.
    Outdated,
}

impl EmbeddingService {
    /// Updates the vector store with the current text of a chapter, or removes the chapter if it was deleted or
    /// unpublished. The call is idempotent.
    ///
    /// # Errors
    ///
    /// Returns an error if the database, the embedder or the vector store is not available. The chapter then remains
    /// stale.
    pub async fn embed(&self, chapter_id: i64) -> Result<EmbeddingOutcome, ServiceError> {
        for _ in 0..MAX_ROUNDS {
            let chapter = self.chapters.find(chapter_id).await?;
            match chapter {
                Some(chapter) if chapter.is_published => {
                    let revision = chapter.revision;
                    let passages = self.embed_passages(chapter).await?;
                    let count = passages.len();
                    self.vectors.upsert(chapter_id, passages).await?;
                    if self.chapters.mark_embedded(chapter_id, revision).await? {
                        tracing::debug!(chapter_id, revision, count, "a chapter is searchable");
                        return Ok(EmbeddingOutcome::Passages(count));
                    }
                }
                Some(_) => {
                    self.vectors.delete(chapter_id).await?;
                    if self.chapters.mark_removed(chapter_id).await? {
                        return Ok(EmbeddingOutcome::Removed);
                    }
                }
                None => {
                    self.vectors.delete(chapter_id).await?;
                    return Ok(EmbeddingOutcome::Removed);
                }
            }
        }
        Ok(EmbeddingOutcome::Outdated)
    }

    /// Returns the chapters that must be embedded or removed. If the vector store is empty, because its file is lost
    /// or the embedder has changed, these are all published chapters.
    ///
    /// # Errors
    ///
    /// Returns an error if the database or the vector store is not available.
    pub async fn stale(&self) -> Result<Vec<i64>, ServiceError> {
        if self.vectors.count().await? == 0 {
            return self.published().await;
        }
        Ok(self.chapters.stale().await?)
    }

    /// Returns all published chapters.
    ///
    /// # Errors
    ///
    /// Returns an error if the database is not available.
    pub async fn published(&self) -> Result<Vec<i64>, ServiceError> {
        Ok(self.chapters.published().await?)
    }

    async fn embed_passages(&self, chapter: EmbeddingSource) -> Result<Vec<EmbeddedPassage>, ServiceError> {
        let texts = split(&chapter.body, Limits::DEFAULT);
        // The title gives the topic, which a passage alone may not contain.
        let inputs = texts.iter().map(|text| format!("{}\n\n{text}", chapter.title)).collect();
        let vectors = self.embedder.embed(inputs).await?;
        let passages =
            texts.into_iter().zip(vectors).zip(0..).map(|((text, vector), position)| EmbeddedPassage {
                passage: Passage {
                    chapter_id: chapter.id,
                    title: chapter.title.clone(),
                    grade_level: chapter.grade_level,
                    position,
                    text,
                },
                vector,
            });
        Ok(passages.collect())
    }
}
