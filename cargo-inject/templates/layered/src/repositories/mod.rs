//! All SQL.

mod accounts;
mod health;
mod notes;
mod sessions;
mod users;

pub use self::{
    accounts::AccountRepository, health::HealthRepository, notes::NoteRepository,
    sessions::SessionRepository, users::UserRepository,
};
