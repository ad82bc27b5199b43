//! The application over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod auth;
mod chatbot;
mod frame;

mod openapi;
mod operations;
mod shutdown;
mod versions;
