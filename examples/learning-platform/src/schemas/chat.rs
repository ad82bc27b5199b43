//! Questions, answers, and passages.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

use super::text;
use crate::services::rag::{Found, Usage, WholeAnswer};

/// A question about the book.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `question`")]
pub struct Question {
    /// What the reader wants to know.
    #[garde(length(chars, max = 1000), custom(text), custom(not_blank))]
    #[schema(min_length = 1, max_length = 1000, example = "How do plants make their food?")]
    pub question: String,
}

/// `?q=photosynthesis&limit=4`
#[derive(Clone, Debug, Deserialize, IntoParams, Validate)]
#[serde(expecting = "`q`, a text, and `limit`, a whole number")]
#[into_params(parameter_in = Query)]
pub struct SearchQuery {
    /// What to look for.
    #[garde(length(chars, max = 1000), custom(text), custom(not_blank))]
    #[param(min_length = 1, max_length = 1000, example = "photosynthesis")]
    pub q: String,
    /// How many passages at most: from 1 to 20.
    #[garde(range(min = 1, max = 20))]
    #[param(minimum = 1, maximum = 20, default = 5)]
    #[serde(default = "usual_limit")]
    pub limit: usize,
}

const fn usual_limit() -> usize {
    5
}

fn not_blank<C>(text: &str, _: &C) -> garde::Result {
    if text.trim().is_empty() { Err(garde::Error::new("must not be blank")) } else { Ok(()) }
}

/// A passage of the book that fits a question.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PassageResponse {
    /// The chapter that it is from.
    #[schema(example = 7)]
    pub chapter_id: i64,
    /// The heading of that chapter.
    #[schema(example = "How plants eat")]
    pub title: String,
    /// The grade that the chapter is written for.
    #[schema(example = 5)]
    pub grade_level: i64,
    /// Which passage of the chapter it is, from 0 on.
    #[schema(example = 0)]
    pub position: i64,
    /// What it says.
    #[schema(example = "A plant makes its food from light.")]
    pub text: String,
    /// How well it fits: higher is better, and 1 is about as good as can be.
    #[schema(example = 0.61)]
    pub score: f32,
}

impl From<Found> for PassageResponse {
    fn from(Found { passage, score }: Found) -> Self {
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

/// What of the book fits a text, the best first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct SearchResponse {
    /// The passages.
    pub passages: Vec<PassageResponse>,
}

/// A passage that an answer is made from.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct CitationResponse {
    /// The number that the answer cites it by: 1 is `[1]`.
    #[schema(example = 1)]
    pub number: usize,
    /// The passage.
    #[serde(flatten)]
    pub passage: PassageResponse,
}

impl CitationResponse {
    /// The passages of an answer, with their numbers.
    pub fn numbered(passages: Vec<Found>) -> impl Iterator<Item = Self> {
        passages.into_iter().zip(1..).map(|(it, number)| Self { number, passage: it.into() })
    }
}

/// An answer as a whole.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct AnswerResponse {
    /// The answer. `[1]` in it is the first of the passages.
    #[schema(example = "A plant makes its food from light. [1]")]
    pub answer: String,
    /// What it is made from.
    pub passages: Vec<CitationResponse>,
    /// What answered. "extractive (offline)" is no language model: it quotes the sentences that match.
    #[schema(example = "extractive (offline)")]
    pub model: String,
    /// The characters of the answer.
    #[schema(example = 39)]
    pub characters: usize,
    /// What it has cost, if the model says so.
    pub usage: Option<UsageResponse>,
}

impl From<WholeAnswer> for AnswerResponse {
    fn from(answer: WholeAnswer) -> Self {
        Self {
            characters: answer.text.chars().count(),
            answer: answer.text,
            passages: CitationResponse::numbered(answer.passages).collect(),
            model: answer.model,
            usage: answer.usage.map(Into::into),
        }
    }
}

/// The event `delta` of a stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DeltaResponse {
    /// What the answer goes on with.
    #[schema(example = "A plant makes")]
    pub text: String,
}

/// The event `done` of a stream.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DoneResponse {
    /// What answered.
    #[schema(example = "extractive (offline)")]
    pub model: String,
    /// The characters of the answer.
    #[schema(example = 39)]
    pub characters: usize,
    /// What it has cost, if the model says so.
    pub usage: Option<UsageResponse>,
}

/// What an answer has cost.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct UsageResponse {
    /// The tokens of the question, with all that came with it.
    pub prompt_tokens: u64,
    /// The tokens of the answer.
    pub completion_tokens: u64,
}

impl From<Usage> for UsageResponse {
    fn from(usage: Usage) -> Self {
        Self { prompt_tokens: usage.prompt_tokens, completion_tokens: usage.completion_tokens }
    }
}
