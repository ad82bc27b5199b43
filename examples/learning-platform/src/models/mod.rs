//! What the application is about. No HTTP in here, and no SQL: responses are made from these in `schemas`, rows become these in
//! `repositories`.

pub mod content;
pub mod progress;
pub mod token;
pub mod user;
