//! Chapters: the text of the book.

use jiff::Timestamp;

use super::progress::Progress;

/// A chapter of the book.
#[derive(Clone, Debug, PartialEq)]
pub struct Chapter {
    /// Its number.
    pub id: i64,
    /// Who wrote it.
    pub author_id: i64,
    /// Its heading.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub summary: String,
    /// The text; paragraphs are separated by empty lines.
    pub body: String,
    /// The grade that it is written for, from 1 to 13.
    pub grade_level: i64,
    /// When it was begun.
    pub created_at: Timestamp,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Since when students can read it.
    pub published_at: Option<Timestamp>,
    /// Goes up with each change of the text.
    pub revision: i64,
    /// The revision that can be searched; 0 if none can.
    pub embedded: i64,
}

impl Chapter {
    /// Whether students can read it.
    #[must_use]
    pub const fn is_published(&self) -> bool {
        self.published_at.is_some()
    }

    /// Whether the vector store has the text as it is now.
    #[must_use]
    pub const fn is_searchable(&self) -> bool {
        self.embedded == self.revision
    }
}

/// A chapter to be added.
#[derive(Clone, Debug)]
pub struct NewChapter {
    /// Who writes it.
    pub author_id: i64,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The text.
    pub body: String,
    /// The grade that it is written for.
    pub grade_level: i64,
}

/// What is to be changed in a chapter; `None` stays as it is.
#[derive(Clone, Debug, Default)]
pub struct ChapterChanges {
    /// Its heading.
    pub title: Option<String>,
    /// What it is about.
    pub summary: Option<String>,
    /// The text.
    pub body: Option<String>,
    /// The grade that it is written for.
    pub grade_level: Option<i64>,
}

/// A chapter as a reader opens it.
#[derive(Clone, Debug, PartialEq)]
pub struct OpenChapter {
    /// The chapter.
    pub chapter: Chapter,
    /// Who wrote it, by name.
    pub author_name: String,
    /// How far the reader is; `None` if they have not begun.
    pub progress: Option<Progress>,
}

/// A chapter in a list: without its text, and with how far the reader is.
#[derive(Clone, Debug, PartialEq)]
pub struct ListedChapter {
    /// Its number.
    pub id: i64,
    /// Who wrote it.
    pub author_id: i64,
    /// Who wrote it, by name.
    pub author_name: String,
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The grade that it is written for.
    pub grade_level: i64,
    /// The length of the text, in characters.
    pub length: i64,
    /// When it was last changed.
    pub updated_at: Timestamp,
    /// Since when students can read it.
    pub published_at: Option<Timestamp>,
    /// Goes up with each change of the text.
    pub revision: i64,
    /// How far the reader is; `None` if they have not begun.
    pub progress: Option<Progress>,
}

/// How long it takes to read a text of that many characters: some 200 words a minute, and never nothing.
#[must_use]
pub const fn reading_minutes(characters: i64) -> i64 {
    const CHARACTERS_A_MINUTE: i64 = 1200;
    let minutes = (characters + CHARACTERS_A_MINUTE / 2) / CHARACTERS_A_MINUTE;
    if minutes < 1 { 1 } else { minutes }
}

/// Which chapters are asked for.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct ChapterFilter {
    /// Of which grades.
    pub grade_levels: GradeLevels,
    /// Of whom.
    pub author_id: Option<i64>,
    /// Only those that are published, or only those that are not.
    pub published: Option<bool>,
    /// A text in the heading or in the summary.
    pub search: Option<String>,
    /// In which order.
    pub order: ChapterOrder,
}

/// Of which grades.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum GradeLevels {
    /// What suits the reader: the grade that a student is in, and everything for everybody else.
    #[default]
    Suitable,
    /// Every grade; that of the reader comes first.
    All,
    /// This one.
    Only(i64),
}

/// The order of a list of chapters.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum ChapterOrder {
    /// As in the book.
    #[default]
    Number,
    /// What was changed last comes first.
    Activity,
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_short_text_takes_a_minute() {
        let minutes = [0, 100, 1200, 1799, 1800, 12_000].map(reading_minutes);
        assert_eq!(minutes, [1, 1, 1, 1, 2, 10]);
    }
}
