//! Request bodies, which are validated, and response bodies. Models are never serialized, so that a new field of a
//! model is not exposed by accident.

pub mod auth;
pub mod chat;
pub mod content;
pub mod progress;
pub mod user;

mod page;
mod text;

pub use self::page::PageOf;
pub(crate) use self::text::text;
