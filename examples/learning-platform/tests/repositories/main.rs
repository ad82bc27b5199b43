//! Tests of the repositories on real databases.

#[path = "../support/mod.rs"]
mod support;

mod content;
mod progress;
mod schema;
mod session;
mod token;
mod user;
