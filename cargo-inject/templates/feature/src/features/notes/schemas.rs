//! What goes over the wire. Never a model, so that what is added to one is not told to everybody.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::models::Note;

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
