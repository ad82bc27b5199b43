//! What goes over the wire: requests, validated, and responses. Never a model, so that what is added to one is not told to everybody.

use garde::Validate;
use secrecy::{ExposeSecret as _, SecretString};
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::models::{Note, User};

/// Who wants to come in.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `email` and `password`"
)]
pub struct Credentials {
    /// The address of the account.
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

/// A session, and the token to it, which is not shown again.
#[derive(Debug, Serialize, ToSchema)]
pub struct Session {
    /// For `Authorization: Bearer`.
    pub token: String,
    /// Whose it is.
    pub user: UserResponse,
}

/// Somebody with an account.
#[derive(Debug, Serialize, ToSchema)]
pub struct UserResponse {
    /// Its number.
    pub id: i64,
    /// Its address.
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

/// A note to be kept.
#[derive(Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `text`")]
pub struct NewNote {
    /// What it says.
    #[garde(length(chars, min = 1, max = 10_000))]
    #[schema(min_length = 1, max_length = 10_000)]
    pub text: String,
}

/// A note.
#[derive(Debug, Serialize, ToSchema)]
pub struct NoteResponse {
    /// Its number.
    pub id: i64,
    /// What it says.
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
