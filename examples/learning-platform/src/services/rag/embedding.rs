//! What makes chapters searchable.

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

/// How often a chapter is done over that is changed while it is being embedded. Each change has a job of its own, so giving up loses nothing.
const ROUNDS: usize = 3;

/// Makes chapters searchable. It is of the container: jobs do it, and `bin/embed`.
#[service]
pub struct EmbeddingService {
    chapters: EmbeddingRepository,
    embedder: Arc<dyn Embedder>,
    vectors: Arc<dyn VectorStore>,
}

/// What became of a chapter.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Embedded {
    /// It can be searched, in so many passages.
    Passages(usize),
    /// It is gone, or not published: it cannot be searched.
    Removed,
    /// It was changed all the time; another job will do it.
    Overtaken,
}

impl EmbeddingService {
    /// Puts what a chapter says into the vector store, as it is now; takes it out if the chapter is gone or not published. To do so twice is as good
    /// as once.
    ///
    /// # Errors
    ///
    /// The database, the embedder or the vector store is not available. The chapter stays stale.
    pub async fn embed(&self, chapter_id: i64) -> Result<Embedded, ServiceError> {
        for _ in 0..ROUNDS {
            let chapter = self.chapters.find(chapter_id).await?;
            match chapter {
                Some(chapter) if chapter.is_published => {
                    let revision = chapter.revision;
                    let passages = self.passages(chapter).await?;
                    let count = passages.len();
                    self.vectors.upsert(chapter_id, passages).await?;
                    if self.chapters.mark_embedded(chapter_id, revision).await? {
                        tracing::debug!(chapter_id, revision, count, "a chapter can be searched");
                        return Ok(Embedded::Passages(count));
                    }
                }
                Some(_) => {
                    self.vectors.delete(chapter_id).await?;
                    if self.chapters.mark_removed(chapter_id).await? {
                        return Ok(Embedded::Removed);
                    }
                }
                None => {
                    self.vectors.delete(chapter_id).await?;
                    return Ok(Embedded::Removed);
                }
            }
        }
        Ok(Embedded::Overtaken)
    }

    /// The chapters that have to be embedded, or removed. That is all of them where the vector store has nothing: its file is lost, or the embedder
    /// is another one.
    ///
    /// # Errors
    ///
    /// The database or the vector store is not available.
    pub async fn stale(&self) -> Result<Vec<i64>, ServiceError> {
        if self.vectors.count().await? == 0 {
            return self.published().await;
        }
        Ok(self.chapters.stale().await?)
    }

    /// All chapters that students can read.
    ///
    /// # Errors
    ///
    /// The database is not available.
    pub async fn published(&self) -> Result<Vec<i64>, ServiceError> {
        Ok(self.chapters.published().await?)
    }

    async fn passages(&self, chapter: EmbeddingSource) -> Result<Vec<EmbeddedPassage>, ServiceError> {
        let texts = split(&chapter.body, Limits::USUAL);
        // The heading says what it is all about, which a passage alone may not.
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
