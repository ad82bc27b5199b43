//! Endpoints of the chatbot, which answers from the book.

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

/// Returns the routes, which are identical in all versions.
///
/// No endpoint holds a database connection while it waits for a model.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![chat, answer, search]
}

/// Answers a question from the book as a stream.
///
/// The response is a stream of server-sent events with JSON data: first a `passage` for each passage that the answer
/// is based on, then a `delta` for each piece of the answer, and finally `done`. If the answer is incomplete, the
/// last event is `error`, a problem. The passages come from chapters up to the grade of the reader, and chapters in
/// progress rank slightly higher. If the client disconnects, the answer is cancelled.
///
/// # Errors
///
/// The question is blank or too long, or the embedder or the vector store is not available. Later failures are
/// reported as an event.
#[post("/chat", authenticated = ActiveUser)]
pub async fn chat(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Json(Question { question }): Json<Question>,
) -> Result<AnswerStream, ApiError> {
    Ok(AnswerStream(rag.answer(&question, &reader).await?))
}

/// Answers a question from the book as a whole.
///
/// # Errors
///
/// The question is blank or too long, or the embedder, the vector store or the chat model is not available.
#[post("/chat/answers", authenticated = ActiveUser)]
pub async fn answer(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Json(Question { question }): Json<Question>,
) -> Result<Json<AnswerResponse>, ApiError> {
    let answer = rag.answer(&question, &reader).await?;
    Ok(Json(answer.collect().await?.into()))
}

/// Searches the book: returns the passages that match a text, best match first.
///
/// # Errors
///
/// The text is blank or too long, or the embedder or the vector store is not available.
#[get("/search", authenticated = ActiveUser)]
pub async fn search(
    reader: Reader,
    Inject(rag): Inject<RagService>,
    Query(SearchQuery { q, limit }): Query<SearchQuery>,
) -> Result<Json<SearchResponse>, ApiError> {
    let passages = rag.search(&q, &reader, limit).await?;
    Ok(Json(SearchResponse { passages: passages.into_iter().map(Into::into).collect() }))
}
