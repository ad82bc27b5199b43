//! The chatbot, which answers from the book.

mod stream;

use inject_runtime::{Inject, Routes, get, post, routes};

pub use self::stream::AnswerStream;
use crate::{
    api::{
        errors::ApiError,
        extract::{Json, Query},
    },
    app::App,
    core::security::ActiveUser,
    schemas::chat::{AnswerResponse, Question, SearchQuery, SearchResponse},
    services::rag::{RagService, Reader},
};

/// The same in all versions.
///
/// None of them holds a connection to the database while it waits for a model.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![chat, answer, search]
}

/// Answers a question from the book, as it comes.
///
/// The answer is a stream of server-sent events, each with JSON as its data: first a `passage` for each passage that the answer is made from, then a
/// `delta` for each piece of it, and at last `done`; or `error`, a problem, if it breaks off. The passages are from chapters up to the grade that the
/// reader is in, and those that they have begun are a little ahead. Who stops reading gives the answer up.
///
/// # Errors
///
/// The question is blank or too long; the embedder or the vector store is not available. What goes wrong later is an event.
#[post("/chat", authenticated = ActiveUser)]
pub async fn chat(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Json(Question { question }): Json<Question>,
) -> Result<AnswerStream, ApiError> {
    Ok(AnswerStream(rag.answer(&question, &reader).await?))
}

/// Answers a question from the book, as a whole.
///
/// # Errors
///
/// The question is blank or too long; the embedder, the vector store or the chat model is not available.
#[post("/chat/answers", authenticated = ActiveUser)]
pub async fn answer(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Json(Question { question }): Json<Question>,
) -> Result<Json<AnswerResponse>, ApiError> {
    let answer = rag.answer(&question, &reader).await?;
    Ok(Json(answer.whole().await?.into()))
}

/// The passages of the book that fit a text, the best first.
///
/// # Errors
///
/// The text is blank or too long; the embedder or the vector store is not available.
#[get("/search", authenticated = ActiveUser)]
pub async fn search(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Query(SearchQuery { q, limit }): Query<SearchQuery>,
) -> Result<Json<SearchResponse>, ApiError> {
    let passages = rag.search(&q, &reader, limit).await?;
    Ok(Json(SearchResponse { passages: passages.into_iter().map(Into::into).collect() }))
}
