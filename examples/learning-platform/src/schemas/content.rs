//! Request and response bodies of chapters.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use super::{progress::ReadingResponse, text};
use crate::{
    models::content::{ChapterChanges, ListedChapter, OpenChapter, reading_minutes},
    services::content::ChapterText,
};

/// New chapter.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `title`, `summary`, `body` and `grade_level`")]
pub struct NewChapterRequest {
    /// Title of the chapter.
    #[garde(length(chars, min = 1, max = 200), custom(text))]
    #[schema(min_length = 1, max_length = 200, example = "Photosynthesis")]
    pub title: String,
    /// Summary in one or two sentences.
    #[garde(length(chars, min = 1, max = 1000), custom(text))]
    #[schema(
        min_length = 1,
        max_length = 1000,
        example = "How plants make sugar from light, water and air."
    )]
    pub summary: String,
    /// Text of the chapter. Empty lines separate paragraphs.
    #[garde(length(chars, min = 1, max = 50_000), custom(text))]
    #[schema(min_length = 1, max_length = 50_000, example = "Plants do not eat. They make what they need.")]
    pub body: String,
    /// Grade that the chapter is written for.
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

/// Changes of a chapter. Omitted fields are unchanged.
#[derive(Clone, Debug, Deserialize, ToSchema, Validate)]
#[serde(
    deny_unknown_fields,
    expecting = "an object with `revision` and the changes: `title`, `summary`, `body`, `grade_level`"
)]
pub struct ChapterChangesRequest {
    /// Revision that the changes are based on: 409 if there is a later one.
    #[garde(range(min = 1))]
    #[schema(minimum = 1, example = 1)]
    pub revision: i64,
    /// New title.
    #[garde(length(chars, min = 1, max = 200), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 200)]
    pub title: Option<String>,
    /// New summary in one or two sentences.
    #[garde(length(chars, min = 1, max = 1000), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 1000)]
    pub summary: Option<String>,
    /// New text. Empty lines separate paragraphs.
    #[garde(length(chars, min = 1, max = 50_000), inner(custom(text)))]
    #[schema(min_length = 1, max_length = 50_000)]
    pub body: Option<String>,
    /// New grade.
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

/// Chapter with its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterResponse {
    /// Id of the chapter.
    pub id: i64,
    /// Id of the author.
    pub author_id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Text of the chapter. Empty lines separate paragraphs.
    pub body: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Time of creation.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of publication; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Revision, incremented by each change. Send it back with the next change.
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

/// Chapter in a list, without its text.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterItem {
    /// Id of the chapter.
    pub id: i64,
    /// Id of the author.
    pub author_id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of publication; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Revision, incremented by each change.
    pub revision: i64,
    /// Progress of the user, from 0 to 100; null if not started.
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
            percent: chapter.progress.map(|progress| progress.percent),
        }
    }
}

/// Author of a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct Author {
    /// Id of the author.
    pub id: i64,
    /// Name of the author.
    pub name: String,
}

/// Chapter with its text, its author, its reading time and the progress of the user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterResponseV2 {
    /// Id of the chapter.
    pub id: i64,
    /// Author of the chapter.
    pub author: Author,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Text of the chapter. Empty lines separate paragraphs.
    pub body: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Reading time in minutes.
    pub reading_minutes: i64,
    /// Time of creation.
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of publication; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Revision, incremented by each change. Send it back with the next change.
    pub revision: i64,
    /// Progress of the user; null if not started.
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

/// Chapter in a list: without its text, with its author, its reading time and the progress of the user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ChapterItemV2 {
    /// Id of the chapter.
    pub id: i64,
    /// Author of the chapter.
    pub author: Author,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Reading time in minutes.
    pub reading_minutes: i64,
    /// Time of the last change.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of publication; null for a draft.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub published_at: Option<Timestamp>,
    /// Revision, incremented by each change.
    pub revision: i64,
    /// Progress of the user; null if not started.
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
