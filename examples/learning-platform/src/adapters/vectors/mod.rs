//! Vector stores.

mod embedded;
mod extension;
mod qdrant;

use std::sync::Arc;

pub use self::{
    embedded::{EmbeddedVectors, OpenError},
    qdrant::{QdrantVectors, QdrantVectorsError},
};
use crate::{
    config::{HttpSettings, RagSettings},
    services::rag::{Embedder, VectorStore},
};

/// Selects the vector store according to the settings. This is a factory of the container.
///
/// Qdrant does not have to be available at startup. Operations that need it fail until it is, and the rest of the
/// application works.
///
/// # Errors
///
/// Returns an error if the file cannot be opened, or if the URL of Qdrant is invalid.
pub async fn choose(
    settings: Arc<RagSettings>,
    http: Arc<HttpSettings>,
    embedder: Arc<dyn Embedder>,
) -> Result<Arc<dyn VectorStore>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(match &settings.qdrant {
        Some(remote) => {
            tracing::info!(
                url = remote.url,
                collection = settings.collection,
                "selected Qdrant as the vector store"
            );
            Arc::new(QdrantVectors::new(remote, &settings.collection, &*embedder, &http)?)
        }
        None => {
            tracing::info!(path = %settings.vectors.display(), "selected the embedded vector store");
            Arc::new(EmbeddedVectors::open(&settings.vectors, embedder.name(), embedder.dimensions()).await?)
        }
    })
}

/// Closes the store. This is the shutdown hook of `App::vectors`.
pub async fn close(vectors: &Arc<dyn VectorStore>) {
    vectors.close().await;
}
