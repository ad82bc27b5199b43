//! Port of vector stores.

use inject_runtime::repository;

use crate::services::{BoxFuture, ServiceError};

/// Part of a chapter that is short enough to be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// Id of the chapter.
    pub chapter_id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Position of the passage in the chapter, starting at 0.
    pub position: i64,
    /// Text of the passage.
    pub text: String,
}

/// Passage with its vector.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedPassage {
    /// Passage itself.
    pub passage: Passage,
    /// Vector with the dimensions of the embedder.
    pub vector: Vec<f32>,
}

/// Query for passages.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Vector whose neighbors are searched.
    pub vector: Vec<f32>,
    /// Maximum grade of the chapters, or `None` for all grades.
    pub grade_level: Option<i64>,
    /// Maximum number of results.
    pub limit: usize,
}

/// Result of a search.
#[derive(Clone, Debug, PartialEq)]
pub struct SearchHit {
    /// Passage that matches.
    pub passage: Passage,
    /// Score of the match: the cosine of the angle between the vectors, from -1 to 1, plus a small bonus for chapters
    /// that the reader has started.
    pub score: f32,
}

/// Port that stores passages with their vectors.
///
/// The store is an index: it can be rebuilt from the chapters, which is necessary when it is lost or the embedder
/// changes.
#[repository]
pub trait VectorStore: Send + Sync {
    /// Replaces all passages of the chapter.
    ///
    /// # Errors
    ///
    /// Returns an error if the store is not available, or contains vectors with other dimensions.
    fn upsert(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// Removes all passages of the chapter. Succeeds if there are none.
    ///
    /// # Errors
    ///
    /// Returns an error if the store is not available.
    fn delete(&self, chapter_id: i64) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// Returns the nearest passages, nearest first.
    ///
    /// # Errors
    ///
    /// Returns an error if the store is not available, or contains vectors with other dimensions.
    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<SearchHit>, ServiceError>>;

    /// Returns the number of passages. The call accesses the store, so it also checks its availability.
    ///
    /// # Errors
    ///
    /// Returns an error if the store is not available.
    fn count(&self) -> BoxFuture<'_, Result<u64, ServiceError>>;

    /// Closes files and connections when the application shuts down.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
