//! How far somebody has read.

use jiff::Timestamp;

use super::content::ListedChapter;

/// How far a reader is in a chapter.
#[derive(Clone, Debug, PartialEq)]
pub struct Progress {
    /// Who reads.
    pub user_id: i64,
    /// What they read.
    pub chapter_id: i64,
    /// From 0 to 100.
    pub percent: i64,
    /// When they last read on.
    pub updated_at: Timestamp,
    /// When they first came to the end.
    pub completed_at: Option<Timestamp>,
}

/// How far somebody is in a chapter that they have begun.
#[derive(Clone, Debug, PartialEq)]
pub struct ReadChapter {
    /// The heading of the chapter.
    pub title: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// How far they are.
    pub progress: Progress,
}

/// What somebody has read, in numbers.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub struct ProgressSummary {
    /// How many chapters they have begun, including those that they have finished.
    pub begun: i64,
    /// How many they have finished.
    pub completed: i64,
    /// How far they are in what they have begun, on average, from 0 to 100.
    pub average_percent: i64,
    /// On how many of the last seven days they have read.
    pub days_read: i64,
}

/// What a reader sees first.
#[derive(Clone, Debug, PartialEq)]
pub struct Dashboard {
    /// What they have read, in numbers.
    pub summary: ProgressSummary,
    /// What to read next: first what they have begun.
    pub next: Vec<ListedChapter>,
    /// What was published last.
    pub recent: Vec<ListedChapter>,
}
