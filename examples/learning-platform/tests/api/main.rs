//! The application over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod auth;
mod chatbot;
mod content;
mod frame;
mod openapi;
mod operations;
mod progress;
mod shutdown;
mod versions;
