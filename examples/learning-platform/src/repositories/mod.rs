//! The only place with SQL in it.

#![allow(clippy::missing_errors_doc, reason = "each fails with `StorageError`, which says how")]

pub mod account;
pub mod activity;
pub mod content;
pub mod dashboard;
pub mod embedding;
pub mod health;
pub mod progress;
pub mod reading;
pub mod rotation;
pub mod token;
pub mod user;

mod error;
mod like;

pub use self::error::StorageError;
