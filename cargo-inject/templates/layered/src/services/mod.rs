//! Services: the work of the application, independent of HTTP.

mod auth;
mod notes;

pub use self::{auth::AuthService, notes::NoteService};
