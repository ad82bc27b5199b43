//! Embedder of a remote endpoint.

use serde::{Deserialize, Serialize};

use super::super::{http::HttpClient, openai::OpenAi};
use crate::{
    config::{RagSettings, Remote},
    services::{BoxFuture, ServiceError, rag::Embedder},
};

/// Number of texts in one request. The protocol allows more, but self-hosted servers may then time out.
const BATCH: usize = 64;

/// Embedder that calls an endpoint with the protocol of OpenAI.
#[derive(Clone, Debug)]
pub struct OpenAiEmbedder {
    endpoint: OpenAi,
    model: String,
    dimensions: usize,
}

/// Body of `POST /embeddings`.
#[derive(Serialize)]
struct EmbeddingsRequest<'t> {
    model: &'t str,
    input: &'t [String],
    dimensions: usize,
    encoding_format: &'static str,
}

#[derive(Deserialize)]
struct EmbeddingsResponse {
    data: Vec<EmbeddingItem>,
}

#[derive(Deserialize)]
struct EmbeddingItem {
    index: usize,
    embedding: Vec<f32>,
}

/// Error returned when the response of the endpoint is invalid.
#[derive(Debug, thiserror::Error)]
enum BadEmbeddings {
    #[error("expected {expected} embeddings, got {actual}")]
    Count { expected: usize, actual: usize },
    #[error(
        "an embedding has {actual} dimensions instead of {expected}: set PLATFORM_RAG__EMBEDDING_DIMENSIONS to the dimensions of the model"
    )]
    Dimensions { expected: usize, actual: usize },
    #[error("an embedding is the zero vector or not finite")]
    Zero,
}

impl OpenAiEmbedder {
    /// Creates an embedder that uses the model of the settings at that endpoint.
    #[must_use]
    pub fn new(remote: &Remote, http: HttpClient, settings: &RagSettings) -> Self {
        Self {
            endpoint: OpenAi::new(remote, http),
            model: settings.embedding_model.clone(),
            dimensions: settings.embedding_dimensions,
        }
    }

    async fn batch(&self, input: &[String]) -> Result<Vec<Vec<f32>>, ServiceError> {
        let body = EmbeddingsRequest {
            model: &self.model,
            input,
            dimensions: self.dimensions,
            encoding_format: "float",
        };
        let response = self
            .endpoint
            .http()
            .send(self.endpoint.post("embeddings").json(&body))
            .await
            .map_err(upstream)?;
        let response: EmbeddingsResponse = response.json().await.map_err(upstream)?;
        self.validate(response, input.len()).map_err(upstream)
    }

    fn validate(
        &self,
        response: EmbeddingsResponse,
        expected: usize,
    ) -> Result<Vec<Vec<f32>>, BadEmbeddings> {
        let mut items = response.data;
        // The protocol does not guarantee the order.
        items.sort_by_key(|item| item.index);
        if items.len() != expected || items.iter().enumerate().any(|(index, item)| item.index != index) {
            return Err(BadEmbeddings::Count { expected, actual: items.len() });
        }
        items.into_iter().map(|item| self.normalize(item.embedding)).collect()
    }

    fn normalize(&self, mut vector: Vec<f32>) -> Result<Vec<f32>, BadEmbeddings> {
        if vector.len() != self.dimensions {
            return Err(BadEmbeddings::Dimensions { expected: self.dimensions, actual: vector.len() });
        }
        let length = vector.iter().map(|value| value * value).sum::<f32>().sqrt();
        if !length.is_normal() {
            return Err(BadEmbeddings::Zero);
        }
        for value in &mut vector {
            *value /= length;
        }
        Ok(vector)
    }
}

impl Embedder for OpenAiEmbedder {
    fn name(&self) -> &str {
        &self.model
    }

    fn dimensions(&self) -> usize {
        self.dimensions
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>> {
        Box::pin(async move {
            let mut vectors = Vec::with_capacity(texts.len());
            for batch in texts.chunks(BATCH) {
                vectors.append(&mut self.batch(batch).await?);
            }
            Ok(vectors)
        })
    }
}

fn upstream(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServiceError {
    ServiceError::Upstream { service: "the embedder", source: source.into() }
}
