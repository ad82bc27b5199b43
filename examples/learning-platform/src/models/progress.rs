//! How far somebody has read.

use jiff::Timestamp;

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
