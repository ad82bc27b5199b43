//! The only place with SQL in it.

#![allow(clippy::missing_errors_doc, reason = "each fails with `StorageError`, which says how")]

pub mod activity;
pub mod content;
pub mod dashboard;
pub mod progress;

mod error;

pub use self::error::StorageError;
