//! Chapters: the text of the book.

use jiff::Timestamp;

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
