//! Request and response bodies of questions, answers and passages.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::text;
use crate::services::rag::{CompleteAnswer, SearchHit, Usage};

/// Question about the book.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `question`")]
pub struct Question {
    /// Text of the question.
    #[garde(length(chars, max = 1000), custom(text), custom(check_not_blank))]
    #[schema(min_length = 1, max_length = 1000, example = "How do plants make their food?")]
    pub question: String,
}

/// Query parameters of a search, such as `?q=photosynthesis&limit=4`.
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[serde(expecting = "the text `q` and the integer `limit`")]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// Text to search for.
    #[garde(length(chars, max = 1000), custom(text), custom(check_not_blank))]
    #[param(min_length = 1, max_length = 1000, example = "photosynthesis")]
    pub q: String,
    /// Maximum number of passages: from 1 to 20.
    #[garde(range(min = 1, max = 20))]
    #[param(minimum = 1, maximum = 20, default = 5)]
    #[serde(default = "default_limit")]
    pub limit: usize,
}

const fn default_limit() -> usize {
    5
}

fn check_not_blank<C>(text: &str, _: &C) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// Passage of the book that matches a text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PassageResponse {
    /// Id of the chapter.
    #[schema(example = 7)]
    pub chapter_id: i64,
    /// Title of the chapter.
    #[schema(example = "How plants eat")]
    pub title: String,
    /// Grade that the chapter is written for.
    #[schema(example = 5)]
    pub grade_level: i64,
    /// Position of the passage in the chapter, starting at 0.
    #[schema(example = 0)]
    pub position: i64,
    /// Text of the passage.
    #[schema(example = "A plant makes its food from light.")]
    pub text: String,
    /// Score of the match. Higher is better, and 1 is close to the maximum.
    #[schema(example = 0.61)]
    pub score: f32,
}

impl From<SearchHit> for PassageResponse {
    fn from(SearchHit { passage, score }: SearchHit) -> Self {
        Self {
            chapter_id: passage.chapter_id,
            title: passage.title,
            grade_level: passage.grade_level,
            position: passage.position,
            text: passage.text,
            score,
        }
    }
}

/// Passages of the book that match a text, best match first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchResponse {
    /// Passages that match.
    pub passages: Vec<PassageResponse>,
}

/// Passage that an answer is based on.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CitationResponse {
    /// Number with which the answer cites the passage: 1 is `[1]`.
    #[schema(example = 1)]
    pub number: usize,
    /// Passage itself.
    #[serde(flatten)]
    pub passage: PassageResponse,
}

impl CitationResponse {
    /// Numbers the passages of an answer.
    pub fn number(passages: Vec<SearchHit>) -> impl Iterator<Item = Self> {
        passages.into_iter().zip(1..).map(|(hit, number)| Self { number, passage: hit.into() })
    }
}

/// Complete answer.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerResponse {
    /// Text of the answer. `[1]` cites the first passage.
    #[schema(example = "A plant makes its food from light. [1]")]
    pub answer: String,
    /// Passages that the answer is based on.
    pub passages: Vec<CitationResponse>,
    /// Name of the model. "extractive (offline)" is not a language model: it quotes sentences that match.
    #[schema(example = "extractive (offline)")]
    pub model: String,
    /// Number of characters of the answer.
    #[schema(example = 39)]
    pub characters: usize,
    /// Token usage, if the model reports it.
    pub usage: Option<UsageResponse>,
}

impl From<CompleteAnswer> for AnswerResponse {
    fn from(answer: CompleteAnswer) -> Self {
        Self {
            characters: answer.text.chars().count(),
            answer: answer.text,
            passages: CitationResponse::number(answer.passages).collect(),
            model: answer.model,
            usage: answer.usage.map(Into::into),
        }
    }
}

/// Data of the event `delta` of a stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeltaResponse {
    /// Next piece of the answer.
    #[schema(example = "A plant makes")]
    pub text: String,
}

/// Data of the event `done` of a stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoneResponse {
    /// Name of the model.
    #[schema(example = "extractive (offline)")]
    pub model: String,
    /// Number of characters of the answer.
    #[schema(example = 39)]
    pub characters: usize,
    /// Token usage, if the model reports it.
    pub usage: Option<UsageResponse>,
}

/// Token usage of an answer.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct UsageResponse {
    /// Number of tokens of the prompt: the question and its context.
    pub prompt_tokens: u64,
    /// Number of tokens of the answer.
    pub completion_tokens: u64,
}

impl From<Usage> for UsageResponse {
    fn from(usage: Usage) -> Self {
        Self { prompt_tokens: usage.prompt_tokens, completion_tokens: usage.completion_tokens }
    }
}
