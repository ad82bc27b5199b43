//! Tests of the services, with fakes of external systems.

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
