//! Retrieval-augmented generation: search for passages of the book that match a question, and answers based on them.
//!
//! ```text
//! chapter --split--> passages --Embedder--> vectors --VectorStore          [`EmbeddingService`], in a job
//! question --Embedder--> vector --VectorStore--> passages --ChatModel--> answer     [`RagService`], in a request
//! ```
//!
//! [`Embedder`], [`VectorStore`] and [`ChatModel`] are ports. The settings select their implementations in `app`.

pub mod passages;

mod chat;
mod embedder;
mod embedding;
mod ranking;
mod reader;
mod service;
mod vectors;

pub use self::{
    chat::{ChatModel, Message, Piece, Pieces, Prompt, Speaker, Usage},
    embedder::Embedder,
    embedding::{EmbeddingOutcome, EmbeddingService},
    reader::{Reader, ReaderService},
    service::{Answer, CompleteAnswer, RagService},
    vectors::{EmbeddedPassage, Passage, Search, SearchHit, VectorStore},
};
