//! What makes vectors of texts.

mod offline;
mod openai;

use std::sync::Arc;

pub use self::{offline::HashingEmbedder, openai::OpenAiEmbedder};
use super::http::HttpClient;
use crate::{config::RagSettings, services::rag::Embedder};

/// The embedder that the settings ask for: a factory of the container.
#[must_use]
pub fn choose(settings: Arc<RagSettings>, http: HttpClient) -> Arc<dyn Embedder> {
    let embedder: Arc<dyn Embedder> = match &settings.openai {
        Some(remote) => Arc::new(OpenAiEmbedder::new(remote, http, &settings)),
        None => Arc::new(HashingEmbedder),
    };
    tracing::info!(embedder = embedder.name(), dimensions = embedder.dimensions(), "what makes embeddings");
    embedder
}
