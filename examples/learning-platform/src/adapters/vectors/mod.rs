//! Where vectors are kept.

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

/// The store that the settings ask for: a factory of the container.
///
/// Qdrant need not be there yet: what needs it fails until it is, and the rest of the application does its work.
///
/// # Errors
///
/// The file cannot be opened, or the URL of Qdrant is none.
pub async fn choose(
    settings: Arc<RagSettings>,
    http: Arc<HttpSettings>,
    embedder: Arc<dyn Embedder>,
) -> Result<Arc<dyn VectorStore>, Box<dyn std::error::Error + Send + Sync>> {
    Ok(match &settings.qdrant {
        Some(remote) => {
            tracing::info!(url = remote.url, collection = settings.collection, "Qdrant keeps the vectors");
            Arc::new(QdrantVectors::new(remote, &settings.collection, &*embedder, &http)?)
        }
        None => {
            tracing::info!(path = %settings.vectors.display(), "an embedded store keeps the vectors");
            Arc::new(EmbeddedVectors::open(&settings.vectors, embedder.name(), embedder.dimensions()).await?)
        }
    })
}

/// Closes the store: the shutdown hook of `App::vectors`.
pub async fn close(vectors: &Arc<dyn VectorStore>) {
    vectors.close().await;
}
