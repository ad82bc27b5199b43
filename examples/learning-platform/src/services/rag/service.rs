//! What answers questions.

use std::sync::Arc;

use futures_util::StreamExt as _;
use inject_runtime::service;

use super::{
    ChatModel, Embedder, Found, Piece, Pieces, Prompt, Reader, Search, Usage, VectorStore, ranking::rank,
};
use crate::{config::RagSettings, services::ServiceError};

/// How many more passages are looked at than are used, so that there is something to choose from.
const CANDIDATES: usize = 3;

/// Searches the book, and answers from it. It holds no connection to the database: an answer may take long.
#[service]
pub struct RagService {
    settings: Arc<RagSettings>,
    embedder: Arc<dyn Embedder>,
    vectors: Arc<dyn VectorStore>,
    model: Arc<dyn ChatModel>,
}

/// An answer that is about to come.
pub struct Answer {
    /// What it is made from: `[1]` in the answer is the first of these.
    pub passages: Vec<Found>,
    /// What answers.
    pub model: String,
    /// The answer, piece by piece.
    pub pieces: Pieces,
}

/// An answer as a whole.
#[derive(Clone, Debug, PartialEq)]
pub struct WholeAnswer {
    /// What it is made from.
    pub passages: Vec<Found>,
    /// What answered.
    pub model: String,
    /// The answer.
    pub text: String,
    /// What it has cost, if the model says so.
    pub usage: Option<Usage>,
}

impl RagService {
    /// The passages that fit a text best, the best first: none from chapters for later grades than the reader's, and those that the reader knows
    /// a little ahead.
    ///
    /// # Errors
    ///
    /// The embedder or the vector store is not available.
    pub async fn search(
        &self,
        text: &str,
        reader: &Reader,
        limit: usize,
    ) -> Result<Vec<Found>, ServiceError> {
        let mut vectors = self.embedder.embed(vec![text.to_owned()]).await?;
        let Some(vector) = vectors.pop() else {
            let source = "it made no vector of a text".into();
            return Err(ServiceError::Upstream { service: "the embedder", source });
        };
        let search = Search { vector, grade_level: reader.grade_level, limit: limit * CANDIDATES };
        Ok(rank(self.vectors.search(search).await?, reader, limit))
    }

    /// Answers a question from the book. When this returns, the passages are there; the model is asked when the answer is.
    ///
    /// # Errors
    ///
    /// The embedder or the vector store is not available.
    pub async fn answer(&self, question: &str, reader: &Reader) -> Result<Answer, ServiceError> {
        let passages = self.search(question, reader, self.settings.passages).await?;
        let prompt = Prompt {
            question: question.to_owned(),
            grade_level: reader.grade_level,
            passages: passages.iter().map(|it| it.passage.clone()).collect(),
        };
        Ok(Answer { passages, model: self.model.name().to_owned(), pieces: self.model.answer(prompt) })
    }
}

impl Answer {
    /// Waits for all of it.
    ///
    /// # Errors
    ///
    /// The model is not available, or broke off: part of an answer is none.
    pub async fn whole(mut self) -> Result<WholeAnswer, ServiceError> {
        let (mut text, mut usage) = (String::new(), None);
        while let Some(piece) = self.pieces.next().await {
            match piece? {
                Piece::Text(more) => text.push_str(&more),
                Piece::Usage(it) => usage = Some(it),
            }
        }
        Ok(WholeAnswer { passages: self.passages, model: self.model, text, usage })
    }
}
