//! Embedders, which compute vectors of texts.

mod offline;
mod openai;

use std::sync::Arc;

pub use self::{offline::HashingEmbedder, openai::OpenAiEmbedder};
use super::http::HttpClient;
use crate::{config::RagSettings, services::rag::Embedder};

/// Selects the embedder according to the settings. This is a factory of the container.
#[must_use]
pub fn choose(settings: Arc<RagSettings>, http: HttpClient) -> Arc<dyn Embedder> {
    let embedder: Arc<dyn Embedder> = match &settings.openai {
        Some(remote) => Arc::new(OpenAiEmbedder::new(remote, http, &settings)),
        None => Arc::new(HashingEmbedder),
    };
    tracing::info!(embedder = embedder.name(), dimensions = embedder.dimensions(), "selected the embedder");
    embedder
}
