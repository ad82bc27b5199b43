//! What the application does, whoever asks.

mod auth;
mod notes;

pub use self::{auth::AuthService, notes::NoteService};
