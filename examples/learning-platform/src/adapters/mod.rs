//! Adapters: implementations of the ports that access external systems. Only `app` depends on them.

pub mod chat;
pub mod embedder;
pub mod http;
pub mod jobs;
pub mod mail;
pub mod vectors;

mod openai;
mod sse;
mod words;
