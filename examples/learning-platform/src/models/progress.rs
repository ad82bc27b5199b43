//! Reading progress.

use jiff::Timestamp;

use super::content::ListedChapter;

/// Progress of a reader in a chapter.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Id of the reader.
    pub user_id: i64,
    /// Id of the chapter.
    pub chapter_id: i64,
    /// Progress in percent, from 0 to 100.
    pub percent: i64,
    /// Time of the last update.
    pub updated_at: Timestamp,
    /// Time at which the reader first reached the end.
    pub completed_at: Option<Timestamp>,
}

/// Chapter that a reader has started, with the progress.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadChapter {
    /// Title of the chapter.
    pub title: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Progress of the reader.
    pub progress: Progress,
}

/// Reading statistics of a user.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressSummary {
    /// Number of started chapters, including completed ones.
    pub started: i64,
    /// Number of completed chapters.
    pub completed: i64,
    /// Average progress in the started chapters, from 0 to 100.
    pub average_percent: i64,
    /// Number of reading days within the last seven days.
    pub days_read: i64,
}

/// Data of the start page of a reader.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// Reading statistics.
    pub summary: ProgressSummary,
    /// Chapters to read next, started ones first.
    pub next: Vec<ListedChapter>,
    /// Most recently published chapters.
    pub recent: Vec<ListedChapter>,
}
