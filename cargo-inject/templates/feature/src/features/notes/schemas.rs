//! Bodies of requests and responses. Models are not sent, so that a field added to a model is not published.

use garde::Validate;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::models::Note;

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
