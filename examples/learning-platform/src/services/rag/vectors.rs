//! A port: where passages are kept, to be found by what they mean.

use inject_runtime::service;

use crate::services::{BoxFuture, ServiceError};

/// A piece of a chapter, short enough to be quoted.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Passage {
    /// The chapter that it is from.
    pub chapter_id: i64,
    /// The heading of that chapter.
    pub title: String,
    /// The grade that the chapter is written for.
    pub grade_level: i64,
    /// Which passage of the chapter it is, from 0 on.
    pub position: i64,
    /// What it says.
    pub text: String,
}

/// A passage and what it means, as an embedder sees it.
#[derive(Clone, Debug, PartialEq)]
pub struct EmbeddedPassage {
    /// The passage.
    pub passage: Passage,
    /// Of the embedder's dimensions.
    pub vector: Vec<f32>,
}

/// What to look for.
#[derive(Clone, Debug, PartialEq)]
pub struct Search {
    /// Near what.
    pub vector: Vec<f32>,
    /// In chapters up to this grade; in all of them without.
    pub grade_level: Option<i64>,
    /// How many at most.
    pub limit: usize,
}

/// A passage that was found.
#[derive(Clone, Debug, PartialEq)]
pub struct Found {
    /// The passage.
    pub passage: Passage,
    /// How well it fits: the cosine of the angle between the vectors, from -1 to 1, and a little more for what the reader has read.
    pub score: f32,
}

/// Keeps passages with their vectors.
///
/// It is an index: all of it can be made again from the chapters, and is where it is lost or the embedder is another one.
#[service]
pub trait VectorStore: Send + Sync {
    /// Puts these passages in the place of all that there are of the chapter.
    ///
    /// # Errors
    ///
    /// The store is not available, or keeps vectors of other dimensions.
    fn upsert(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// Removes all passages of the chapter; if there are none, that is as good.
    ///
    /// # Errors
    ///
    /// The store is not available.
    fn delete(&self, chapter_id: i64) -> BoxFuture<'_, Result<(), ServiceError>>;

    /// The passages that are nearest, the nearest first.
    ///
    /// # Errors
    ///
    /// The store is not available, or keeps vectors of other dimensions.
    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<Found>, ServiceError>>;

    /// How many passages there are. It asks the store, so it tells whether that is there as well.
    ///
    /// # Errors
    ///
    /// The store is not available.
    fn count(&self) -> BoxFuture<'_, Result<u64, ServiceError>>;

    /// Lets go of files and connections, when the application ends.
    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(std::future::ready(()))
    }
}
