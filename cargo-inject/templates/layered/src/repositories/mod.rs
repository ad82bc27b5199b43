//! The SQL, all of it.

mod notes;
mod sessions;
mod users;

pub use self::{notes::NoteRepository, sessions::SessionRepository, users::UserRepository};
