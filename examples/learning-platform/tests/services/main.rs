//! The services, with fakes for what is outside.

#[path = "../support/mod.rs"]
mod support;

mod auth;
mod container;
mod content;
mod embed;
mod jobs;
mod rag;
mod seed;
mod user;
