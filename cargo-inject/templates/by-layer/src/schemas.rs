//! Bodies of requests, with their validation, and of responses. Models are not sent, so that a field added to a model is not published.

use garde::Validate;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::models::{Note, User};

/// Credentials for an account.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `email` and `password`"
)]
pub struct Credentials {
    /// Address of the account.
    #[garde(email, length(max = 200))]
    pub email: String,
    /// At least 12 characters.
    #[garde(custom(long_enough))]
    #[schema(value_type = String, min_length = 12, max_length = 200)]
    pub password: SecretString,
}

fn long_enough(password: &SecretString, (): &()) -> garde::Result {
    match password.expose_secret().chars().count() {
        12..=200 => Ok(()),
        _ => Err(garde::Error::new("must have from 12 to 200 characters")),
    }
}

/// Session with its token, which is not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// Token for `Authorization: Bearer`.
    pub token: String,
    /// User of the session.
    pub user: UserResponse,
}

/// User with an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// Id.
    pub id: i64,
    /// Address.
    pub email: String,
    /// `admin` or `member`.
    pub role: String,
}

impl From<User> for UserResponse {
    fn from(user: User) -> Self {
        Self {
            id: user.id,
            email: user.email,
            role: user.role,
        }
    }
}

/// Note to create.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `text`")]
pub struct NewNote {
    /// Text.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub text: String,
}

/// Note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteResponse {
    /// Id.
    pub id: i64,
    /// Text.
    pub text: String,
}

impl From<Note> for NoteResponse {
    fn from(note: Note) -> Self {
        Self {
            id: note.id,
            text: note.text,
        }
    }
}
