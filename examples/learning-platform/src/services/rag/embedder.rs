//! Port of embedders.

use inject_runtime::repository;

use crate::services::{BoxFuture, ServiceError};

/// Port that computes vectors of texts, such that texts with similar meanings have vectors with similar directions.
#[repository]
pub trait Embedder: Send + Sync {
    /// Returns the name of the model. Vectors of models with different names cannot be compared.
    fn name(&self) -> &str;

    /// Returns the number of dimensions of each vector.
    fn dimensions(&self) -> usize;

    /// Computes one vector of length 1 for each text, in the order of the texts.
    ///
    /// # Errors
    ///
    /// Returns an error if the embedder is not available or fails.
    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>>;
}
