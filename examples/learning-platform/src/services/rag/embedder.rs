//! A port: what texts mean, as vectors.

use inject_runtime::service;

use crate::services::{BoxFuture, ServiceError};

/// Makes vectors of texts, so that texts which mean similar things have vectors in similar directions.
#[service]
pub trait Embedder: Send + Sync {
    /// What makes the vectors, and how. Those of different names are not to be compared.
    fn name(&self) -> &str;

    /// How many numbers each vector has.
    fn dimensions(&self) -> usize;

    /// A vector for each text, in their order, and of length 1.
    ///
    /// # Errors
    ///
    /// The embedder is not available, or did not do its part.
    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>>;
}
