//! What answers.

mod offline;
mod openai;

use std::sync::Arc;

pub use self::{offline::ExtractiveModel, openai::OpenAiChat};
use super::http::HttpClient;
use crate::{config::RagSettings, services::rag::ChatModel};

/// The model that the settings ask for: a factory of the container.
#[must_use]
pub fn choose(settings: Arc<RagSettings>, http: HttpClient) -> Arc<dyn ChatModel> {
    let model: Arc<dyn ChatModel> = match &settings.openai {
        Some(remote) => Arc::new(OpenAiChat::new(remote, http, &settings.chat_model)),
        None => Arc::new(ExtractiveModel),
    };
    tracing::info!(model = model.name(), "what answers");
    model
}
