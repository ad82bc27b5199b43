//! Repositories: the only modules that contain SQL.

#![allow(
    clippy::missing_errors_doc,
    reason = "all methods return `StorageError`, which documents the reasons"
)]

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
