//! A model that understands, somewhere else.

use serde::{Deserialize, Serialize};

use super::super::{http::HttpClient, openai::OpenAi};
use crate::{
    config::{RagSettings, Remote},
    services::{BoxFuture, ServiceError, rag::Embedder},
};

/// How many texts go in a call. The protocol allows more, and servers of one's own less time.
const BATCH: usize = 64;

/// Embeddings by an endpoint that speaks OpenAI's protocol.
#[derive(Clone, Debug)]
pub struct OpenAiEmbedder {
    endpoint: OpenAi,
    model: String,
    dimensions: usize,
}

/// `POST /embeddings`
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

/// The answer is not what it should be.
#[derive(Debug, thiserror::Error)]
enum BadEmbeddings {
    #[error("there should be {expected} embeddings, but there are {actual}")]
    Count { expected: usize, actual: usize },
    #[error(
        "an embedding has {actual} numbers and not {expected}: PLATFORM_RAG__EMBEDDING_DIMENSIONS must be what the model makes"
    )]
    Dimensions { expected: usize, actual: usize },
    #[error("an embedding has no direction")]
    Zero,
}

impl OpenAiEmbedder {
    /// The model of the settings, at that endpoint.
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
        self.checked(response, input.len()).map_err(upstream)
    }

    fn checked(&self, response: EmbeddingsResponse, expected: usize) -> Result<Vec<Vec<f32>>, BadEmbeddings> {
        let mut items = response.data;
        // The protocol promises no order.
        items.sort_by_key(|it| it.index);
        if items.len() != expected || items.iter().enumerate().any(|(index, it)| it.index != index) {
            return Err(BadEmbeddings::Count { expected, actual: items.len() });
        }
        items.into_iter().map(|it| self.normalised(it.embedding)).collect()
    }

    fn normalised(&self, mut vector: Vec<f32>) -> Result<Vec<f32>, BadEmbeddings> {
        if vector.len() != self.dimensions {
            return Err(BadEmbeddings::Dimensions { expected: self.dimensions, actual: vector.len() });
        }
        let length = vector.iter().map(|it| it * it).sum::<f32>().sqrt();
        if !length.is_normal() {
            return Err(BadEmbeddings::Zero);
        }
        for it in &mut vector {
            *it /= length;
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
