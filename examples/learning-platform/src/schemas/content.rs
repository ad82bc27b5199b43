//! Chapters, over the wire.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{progress::ReadingResponse, text};
use crate::{
    models::content::{ChapterChanges, ListedChapter, OpenChapter, reading_minutes},
    services::content::ChapterText,
};

/// A chapter to be added.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `title`, `summary`, `body` and `grade_level`")]
pub struct NewChapterRequest {
    /// Its heading.
    #[garde(length(chars, min = 1, max = 200), custom(text))]
    #[schema(min_length = 1, max_length = 200, example = "Photosynthesis")]
    pub title: String,
    /// What it is about, in a sentence or two.
    #[garde(length(chars, min = 1, max = 1000), custom(text))]
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "How plants make sugar from light, water and air."
    )]
    pub summary: String,
    /// The text. Paragraphs are separated by empty lines.
    #[garde(length(chars, min = 1, max = 50_000), custom(text))]
    #[schema(min_length = 1, max_length = 50_000, example = "Plants do not eat. They make what they need.")]
    pub body: String,
    /// The grade that it is written for.
    #[garde(range(min = 1, max = 13))]
    #[schema(minimum = 1, maximum = 13, example = 7)]
    pub grade_level: i64,
}

impl From<NewChapterRequest> for ChapterText {
    fn from(new: NewChapterRequest) -> Self {
        let NewChapterRequest { title, summary, body, grade_level } = new;
        Self { title, summary, body, grade_level }
    }
}

/// What is to be changed in a chapter. What is left out stays as it is.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `revision`, and with what is to be changed: `title`, `summary`, `body`, `grade_level`"
)]
pub struct ChapterChangesRequest {
    /// The revision that is to be changed: 409 if there is a later one.
    #[garde(range(min = 1))]
    #[schema(minimum = 1, example = 1)]
    pub revision: i64,
    /// Its heading.
    #[garde(length(chars, min = 1, max = 200), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// What it is about, in a sentence or two.
    #[garde(length(chars, min = 1, max = 1000), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 1000)]
    pub summary: Option<String>,
    /// The text. Paragraphs are separated by empty lines.
    #[garde(length(chars, min = 1, max = 50_000), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 50_000)]
    pub body: Option<String>,
    /// The grade that it is written for.
    #[garde(range(min = 1, max = 13))]
    #[schema(minimum = 1, maximum = 13)]
    pub grade_level: Option<i64>,
}

impl From<ChapterChangesRequest> for ChapterChanges {
    fn from(changes: ChapterChangesRequest) -> Self {
        let ChapterChangesRequest { revision: _, title, summary, body, grade_level } = changes;
        Self { title, summary, body, grade_level }
    }
}

/// A chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterResponse {
    /// Its number.
    pub id: i64,
    /// The number of who wrote it.
    pub author_id: i64,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The text. Paragraphs are separated by empty lines.
    pub body: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Since when students can read it; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Goes up with each change; to be sent back with the next one.
    pub revision: i64,
}

impl From<OpenChapter> for ChapterResponse {
    fn from(OpenChapter { chapter, .. }: OpenChapter) -> Self {
        Self {
            id: chapter.id,
            author_id: chapter.author_id,
            title: chapter.title,
            summary: chapter.summary,
            body: chapter.body,
            grade_level: chapter.grade_level,
            created_at: chapter.created_at,
            updated_at: chapter.updated_at,
            published_at: chapter.published_at,
            revision: chapter.revision,
        }
    }
}

/// A chapter in a list: without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterItem {
    /// Its number.
    pub id: i64,
    /// The number of who wrote it.
    pub author_id: i64,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Since when students can read it; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Goes up with each change.
    pub revision: i64,
    /// How far you are, from 0 to 100; null if you have not begun.
    pub percent: Option<i64>,
}

impl From<ListedChapter> for ChapterItem {
    fn from(chapter: ListedChapter) -> Self {
        Self {
            id: chapter.id,
            author_id: chapter.author_id,
            title: chapter.title,
            summary: chapter.summary,
            grade_level: chapter.grade_level,
            updated_at: chapter.updated_at,
            published_at: chapter.published_at,
            revision: chapter.revision,
            percent: chapter.progress.map(|it| it.percent),
        }
    }
}

/// Who wrote a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Author {
    /// Their number.
    pub id: i64,
    /// What to call them.
    pub name: String,
}

/// A chapter, with its author, how long it takes to read it, and how far you are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterResponseV2 {
    /// Its number.
    pub id: i64,
    /// Who wrote it.
    pub author: Author,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The text. Paragraphs are separated by empty lines.
    pub body: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// How long it takes to read it.
    pub reading_minutes: i64,
    /// When it was begun.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Since when students can read it; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Goes up with each change; to be sent back with the next one.
    pub revision: i64,
    /// How far you are; null if you have not begun.
    pub progress: Option<ReadingResponse>,
}

impl From<OpenChapter> for ChapterResponseV2 {
    fn from(OpenChapter { chapter, author_name, progress }: OpenChapter) -> Self {
        let length = i64::try_from(chapter.body.chars().count()).unwrap_or(i64::MAX);
        Self {
            id: chapter.id,
            author: Author { id: chapter.author_id, name: author_name },
            title: chapter.title,
            summary: chapter.summary,
            body: chapter.body,
            grade_level: chapter.grade_level,
            reading_minutes: reading_minutes(length),
            created_at: chapter.created_at,
            updated_at: chapter.updated_at,
            published_at: chapter.published_at,
            revision: chapter.revision,
            progress: progress.map(Into::into),
        }
    }
}

/// A chapter in a list: without its text, but with its author, how long it takes to read it, and how far you are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterItemV2 {
    /// Its number.
    pub id: i64,
    /// Who wrote it.
    pub author: Author,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// How long it takes to read it.
    pub reading_minutes: i64,
    /// When it was last changed.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Since when students can read it; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Goes up with each change.
    pub revision: i64,
    /// How far you are; null if you have not begun.
    pub progress: Option<ReadingResponse>,
}

impl From<ListedChapter> for ChapterItemV2 {
    fn from(chapter: ListedChapter) -> Self {
        Self {
            id: chapter.id,
            author: Author { id: chapter.author_id, name: chapter.author_name },
            title: chapter.title,
            summary: chapter.summary,
            grade_level: chapter.grade_level,
            reading_minutes: reading_minutes(chapter.length),
            updated_at: chapter.updated_at,
            published_at: chapter.published_at,
            revision: chapter.revision,
            progress: chapter.progress.map(Into::into),
        }
    }
}
