//! What goes over the wire: requests, validated, and responses. Never a model, so that what is added to a model is not told to everybody.

pub mod auth;
pub mod chat;
pub mod content;
pub mod progress;
pub mod user;

mod page;
mod text;

pub use self::page::PageOf;
pub(crate) use self::text::text;
