//! Chat models.

mod offline;
mod openai;

use std::sync::Arc;

pub use self::{offline::ExtractiveModel, openai::OpenAiChat};
use super::http::HttpClient;
use crate::{config::RagSettings, services::rag::ChatModel};

/// Selects the chat model according to the settings. This is a factory of the container.
#[must_use]
pub fn choose(settings: Arc<RagSettings>, http: HttpClient) -> Arc<dyn ChatModel> {
    let model: Arc<dyn ChatModel> = match &settings.openai {
        Some(remote) => Arc::new(OpenAiChat::new(remote, http, &settings.chat_model)),
        None => Arc::new(ExtractiveModel),
    };
    tracing::info!(model = model.name(), "selected the chat model");
    model
}
