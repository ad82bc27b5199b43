//! Search and answers.

use std::sync::Arc;

use futures_util::StreamExt as _;
use inject_runtime::service;

use super::{
    ChatModel, Embedder, Piece, Pieces, Prompt, Reader, Search, SearchHit, Usage, VectorStore, ranking::rank,
};
use crate::{config::RagSettings, services::ServiceError};

/// Factor between the number of passages that are searched and the number that are used, so that the ranking has
/// candidates.
const CANDIDATES: usize = 3;

/// Service that searches the book and answers questions. It holds no database connection, because an answer may take
/// long.
#[service]
pub struct RagService {
    settings: Arc<RagSettings>,
    embedder: Arc<dyn Embedder>,
    vectors: Arc<dyn VectorStore>,
    model: Arc<dyn ChatModel>,
}

/// Answer whose text is not generated yet.
pub struct Answer {
    /// Passages that the answer is based on: `[1]` in the answer cites the first one.
    pub passages: Vec<SearchHit>,
    /// Name of the model.
    pub model: String,
    /// Stream of the answer.
    pub pieces: Pieces,
}

/// Complete answer.
#[derive(Clone, Debug, PartialEq)]
pub struct CompleteAnswer {
    /// Passages that the answer is based on.
    pub passages: Vec<SearchHit>,
    /// Name of the model.
    pub model: String,
    /// Text of the answer.
    pub text: String,
    /// Token usage, if the model reports it.
    pub usage: Option<Usage>,
}

impl RagService {
    /// Returns the passages that match a text best, best first. Chapters for higher grades than that of the reader
    /// are excluded, and chapters that the reader has started rank slightly higher.
    ///
    /// # Errors
    ///
    /// Returns an error if the embedder or the vector store is not available.
    pub async fn search(
        &self,
        text: &str,
        reader: &Reader,
        limit: usize,
    ) -> Result<Vec<SearchHit>, ServiceError> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        let Some(vector) = vectors.pop() else {
            let source = "no vector for a text".into();
            return Err(ServiceError::Upstream { service: "the embedder", source });
        };
        let search = Search { vector, grade_level: reader.grade_level, limit: limit * CANDIDATES };
        Ok(rank(self.vectors.search(search).await?, reader, limit))
    }

    /// Answers a question from the book. When the future completes, the passages are known; the model is called when
    /// the stream is polled.
    ///
    /// # Errors
    ///
    /// Returns an error if the embedder or the vector store is not available.
    pub async fn answer(&self, question: &str, reader: &Reader) -> Result<Answer, ServiceError> {
        let passages = self.search(question, reader, self.settings.passages).await?;
        let prompt = Prompt {
            question: question.to_owned(),
            grade_level: reader.grade_level,
            passages: passages.iter().map(|hit| hit.passage.clone()).collect(),
        };
        Ok(Answer { passages, model: self.model.name().to_owned(), pieces: self.model.answer(prompt) })
    }
}

impl Answer {
    /// Waits for the complete answer.
    ///
    /// # Errors
    ///
    /// Returns an error if the model is not available, or if the answer is incomplete.
    pub async fn collect(mut self) -> Result<CompleteAnswer, ServiceError> {
        let (mut text, mut usage) = (String::new(), None);
        while let Some(piece) = self.pieces.next().await {
            match piece? {
                Piece::Text(more) => text.push_str(&more),
                Piece::Usage(reported) => usage = Some(reported),
            }
        }
        Ok(CompleteAnswer { passages: self.passages, model: self.model, text, usage })
    }
}
