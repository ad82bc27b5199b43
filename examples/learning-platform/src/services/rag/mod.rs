//! Retrieval and answers: what of the book fits a question, and what it says about it.
//!
//! ```text
//! chapter --split--> passages --Embedder--> vectors --VectorStore          [`EmbeddingService`], in a job
//! question --Embedder--> vector --VectorStore--> passages --ChatModel--> answer     [`RagService`], in a request
//! ```
//!
//! [`Embedder`], [`VectorStore`] and [`ChatModel`] are ports. The settings decide what is behind them, in `app`.

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
    embedding::{Embedded, EmbeddingService},
    reader::{Reader, ReaderService},
    service::{Answer, RagService, WholeAnswer},
    vectors::{EmbeddedPassage, Found, Passage, Search, VectorStore},
};
