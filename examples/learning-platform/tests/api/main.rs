//! The application over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod auth;
mod chatbot;
mod frame;
