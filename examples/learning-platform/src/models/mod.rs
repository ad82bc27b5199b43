//! Domain models. They depend neither on HTTP nor on SQL: `schemas` converts them to responses, and `repositories`
//! reads them from rows.

pub mod content;
pub mod progress;
pub mod token;
pub mod user;
