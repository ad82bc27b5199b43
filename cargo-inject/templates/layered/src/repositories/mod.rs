//! All SQL.

mod notes;
mod sessions;
mod users;

pub use self::{notes::NoteRepository, sessions::SessionRepository, users::UserRepository};
