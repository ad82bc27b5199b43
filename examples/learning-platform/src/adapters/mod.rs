//! Implementations of the ports: what talks to the world outside. Only `app` knows them.

pub mod chat;
pub mod embedder;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod vectors;

mod openai;
mod sse;
mod words;
