//! Request and response bodies of reading progress.

use garde::Validate;
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use utoipa::ToSchema;

use crate::models::{
    content::ListedChapter,
    progress::{Dashboard, Progress, ProgressSummary, ReadChapter},
};

/// Reading progress to record.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, Validate)]
#[serde(deny_unknown_fields, expecting = "an object with `percent`")]
pub struct ProgressRequest {
    /// Progress from 0 to 100, which is the end. A value below the current progress is accepted, and does not change
    /// it.
    #[garde(range(min = 0, max = 100))]
    #[schema(minimum = 0, maximum = 100, example = 40)]
    pub percent: i64,
}

/// Reading progress in a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ProgressResponse {
    /// Id of the chapter.
    pub chapter_id: i64,
    /// Progress from 0 to 100.
    pub percent: i64,
    /// Time of the last update.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of the first completion; null if not completed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
}

impl From<Progress> for ProgressResponse {
    fn from(progress: Progress) -> Self {
        let Progress { user_id: _, chapter_id, percent, updated_at, completed_at } = progress;
        Self { chapter_id, percent, updated_at, completed_at }
    }
}

/// Reading progress as part of a chapter.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadingResponse {
    /// Progress from 0 to 100.
    pub percent: i64,
    /// Time of the last update.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of the first completion; null if not completed.
    #[schema(value_type = Option<String>, format = DateTime)]
    pub completed_at: Option<Timestamp>,
}

impl From<Progress> for ReadingResponse {
    fn from(progress: Progress) -> Self {
        let Progress { percent, updated_at, completed_at, .. } = progress;
        Self { percent, updated_at, completed_at }
    }
}

/// Started chapter with the progress.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct ReadChapterResponse {
    /// Id of the chapter.
    pub chapter_id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Progress from 0 to 100.
    pub percent: i64,
    /// Time of the last update.
    #[schema(value_type = String, format = DateTime)]
    pub updated_at: Timestamp,
    /// Time of the first completion; null if not completed.
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

/// Reading statistics of the user.
#[derive(Clone, Copy, Debug, Serialize, ToSchema)]
pub struct SummaryResponse {
    /// Number of started chapters, including completed ones.
    pub started: i64,
    /// Number of completed chapters.
    pub completed: i64,
    /// Average progress in the started chapters, from 0 to 100.
    pub average_percent: i64,
    /// Number of reading days within the last seven days.
    pub days_read: i64,
}

impl From<ProgressSummary> for SummaryResponse {
    fn from(summary: ProgressSummary) -> Self {
        let ProgressSummary { started, completed, average_percent, days_read } = summary;
        Self { started, completed, average_percent, days_read }
    }
}

/// Dashboard of the user.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct DashboardResponse<T> {
    /// Reading statistics.
    pub summary: SummaryResponse,
    /// Chapters to read next in the own grade, started ones first.
    pub next: Vec<T>,
    /// Most recently published chapters of all grades.
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
