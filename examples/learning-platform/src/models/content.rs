//! Chapters of the book.

use jiff::Timestamp;

use super::progress::Progress;

/// Chapter of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
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
    /// Grade that the chapter is written for, from 1 to 13.
    pub grade_level: i64,
    /// Time of creation.
    pub created_at: Timestamp,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time of publication. Only published chapters are visible to students.
    pub published_at: Option<Timestamp>,
    /// Revision of the text, incremented by each change.
    pub revision: i64,
    /// Revision in the vector store, or 0 if there is none.
    pub embedded: i64,
}

impl Chapter {
    /// Returns whether students can read the chapter.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        self.published_at.is_some()
    }

    /// Returns whether the vector store contains the current revision.
    #[must_use]
    pub const fn is_searchable(&self) -> bool {
        self.embedded == self.revision
    }
}

/// Input for a new chapter.
#[derive(Clone, Debug)]
pub struct NewChapter {
    /// Id of the author.
    pub author_id: i64,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Text of the chapter.
    pub body: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
}

/// Changes of a chapter. `None` leaves a field unchanged.
#[derive(Clone, Debug, Default)]
pub struct ChapterChanges {
    /// New title.
    pub title: Option<String>,
    /// New summary.
    pub summary: Option<String>,
    /// New text.
    pub body: Option<String>,
    /// New grade.
    pub grade_level: Option<i64>,
}

/// Chapter with its text, its author and the progress of the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenChapter {
    /// Chapter itself.
    pub chapter: Chapter,
    /// Name of the author.
    pub author_name: String,
    /// Progress of the reader, or `None` if the reader has not started.
    pub progress: Option<Progress>,
}

/// Chapter in a list: without its text, with the progress of the reader.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedChapter {
    /// Id of the chapter.
    pub id: i64,
    /// Id of the author.
    pub author_id: i64,
    /// Name of the author.
    pub author_name: String,
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
    /// Length of the text in characters.
    pub length: i64,
    /// Time of the last change.
    pub updated_at: Timestamp,
    /// Time of publication. Only published chapters are visible to students.
    pub published_at: Option<Timestamp>,
    /// Revision of the text, incremented by each change.
    pub revision: i64,
    /// Progress of the reader, or `None` if the reader has not started.
    pub progress: Option<Progress>,
}

/// Estimates the reading time of a text with that many characters: about 200 words per minute, and at least one
/// minute.
#[must_use]
pub const fn reading_minutes(characters: i64) -> i64 {
    const CHARACTERS_PER_MINUTE: i64 = 1200;
    let minutes = (characters + CHARACTERS_PER_MINUTE / 2) / CHARACTERS_PER_MINUTE;
    if minutes < 1 { 1 } else { minutes }
}

/// Filter and order of a list of chapters.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChapterFilter {
    /// Grades of the chapters.
    pub grade_levels: GradeLevels,
    /// Id of the author.
    pub author_id: Option<i64>,
    /// Whether only published chapters (`true`) or only drafts (`false`) are listed.
    pub published: Option<bool>,
    /// Text in the title or the summary.
    pub search: Option<String>,
    /// Order of the chapters.
    pub order: ChapterOrder,
}

/// Selection of grades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GradeLevels {
    /// Suitable grades: the own grade for students, and all grades for other users.
    #[default]
    Suitable,
    /// All grades, the own grade of the reader first.
    All,
    /// One grade.
    Only(i64),
}

/// Order of a list of chapters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChapterOrder {
    /// Order of the chapters in the book.
    #[default]
    Number,
    /// Most recently changed chapter first.
    Activity,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_reading_time_is_at_least_one_minute() {
        let minutes = [0, 100, 1200, 1799, 1800, 12_000].map(reading_minutes);
        assert_eq!(minutes, [1, 1, 1, 1, 2, 10]);
    }
}
