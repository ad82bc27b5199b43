//! Services: the work of the application, independent of HTTP.

mod auth;
mod health;
mod notes;

pub use self::{auth::AuthService, health::HealthService, notes::NoteService};
