//! How far readers are, over the wire.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::models::{
    content::ListedChapter,
    progress::{Dashboard, Progress, ProgressSummary, ReadChapter},
};

/// How far you are.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `percent`")]
pub struct ProgressRequest {
    /// From 0 to 100, the end. Less than you had is accepted, and changes nothing.
    #[garde(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100, example = 40)]
    pub percent: i64,
}

/// How far you are in a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressResponse {
    /// The number of the chapter.
    pub chapter_id: i64,
    /// From 0 to 100.
    pub percent: i64,
    /// When you last read on.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When you first came to the end; null if you have not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
}

impl From<Progress> for ProgressResponse {
    fn from(progress: Progress) -> Self {
        let Progress { user_id: _, chapter_id, percent, updated_at, completed_at } = progress;
        Self { chapter_id, percent, updated_at, completed_at }
    }
}

/// How far you are, as a part of a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadingResponse {
    /// From 0 to 100.
    pub percent: i64,
    /// When you last read on.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When you first came to the end; null if you have not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
}

impl From<Progress> for ReadingResponse {
    fn from(progress: Progress) -> Self {
        let Progress { percent, updated_at, completed_at, .. } = progress;
        Self { percent, updated_at, completed_at }
    }
}

/// A chapter that you have begun, and how far you are.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadChapterResponse {
    /// The number of the chapter.
    pub chapter_id: i64,
    /// Its heading.
    pub title: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// From 0 to 100.
    pub percent: i64,
    /// When you last read on.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// When you first came to the end; null if you have not.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
}

impl From<ReadChapter> for ReadChapterResponse {
    fn from(ReadChapter { title, grade_level, progress }: ReadChapter) -> Self {
        Self {
            chapter_id: progress.chapter_id,
            title,
            grade_level,
            percent: progress.percent,
            updated_at: progress.updated_at,
            completed_at: progress.completed_at,
        }
    }
}

/// What you have read, in numbers.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SummaryResponse {
    /// How many chapters you have begun, including those that you have finished.
    pub begun: i64,
    /// How many you have finished.
    pub completed: i64,
    /// How far you are in what you have begun, on average, from 0 to 100.
    pub average_percent: i64,
    /// On how many of the last seven days you have read.
    pub days_read: i64,
}

impl From<ProgressSummary> for SummaryResponse {
    fn from(summary: ProgressSummary) -> Self {
        let ProgressSummary { begun, completed, average_percent, days_read } = summary;
        Self { begun, completed, average_percent, days_read }
    }
}

/// What you see first.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DashboardResponse<T> {
    /// What you have read, in numbers.
    pub summary: SummaryResponse,
    /// What to read next at your grade: first what you have begun.
    pub next: Vec<T>,
    /// What was published last, of whatever grade.
    pub recent: Vec<T>,
}

impl<T: From<ListedChapter>> From<Dashboard> for DashboardResponse<T> {
    fn from(Dashboard { summary, next, recent }: Dashboard) -> Self {
        Self {
            summary: summary.into(),
            next: next.into_iter().map(Into::into).collect(),
            recent: recent.into_iter().map(Into::into).collect(),
        }
    }
}
