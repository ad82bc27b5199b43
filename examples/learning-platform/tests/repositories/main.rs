//! The repositories, on real databases.

#[path = "../support/mod.rs"]
mod support;

mod schema;
