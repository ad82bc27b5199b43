//! Tests of the application over HTTP.

#[path = "../support/mod.rs"]
mod support;

mod attacks;
mod auth;
mod chatbot;
mod content;
mod frame;
mod log;
mod openapi;
mod operations;
mod progress;
mod security;
mod shutdown;
mod users;
mod versions;
