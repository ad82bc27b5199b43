//! Chapters.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{Error, FromRow, Row as _, any::AnyRow};

use super::{StorageError, like::contains_pattern};
use crate::{
    core::page::{ListPage, Page},
    db::{RowExt as _, Tx},
    models::{
        content::{Chapter, ChapterOrder, ListedChapter, NewChapter, OpenChapter},
        progress::Progress,
    },
};

/// Repository of chapters, in the transaction of the request.
#[repository(scope = request)]
pub struct ContentRepository {
    tx: Tx,
}

/// Filter and order of a list of chapters for a reader.
#[derive(Clone, Debug)]
pub struct ChapterQuery<'a> {
    /// Id of the reader whose progress is included.
    pub reader_id: i64,
    /// Drafts that are visible.
    pub drafts: Drafts,
    /// Grade of the chapters.
    pub grade_level: Option<i64>,
    /// Grade whose chapters come first.
    pub first: Option<i64>,
    /// Id of the author.
    pub author_id: Option<i64>,
    /// Whether only published chapters (`true`) or only drafts (`false`) are listed.
    pub published: Option<bool>,
    /// Text in the title or the summary.
    pub search: Option<&'a str>,
    /// Order of the chapters.
    pub order: ChapterOrder,
}

/// Drafts that are visible to a user.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drafts {
    /// No drafts.
    Hidden,
    /// Drafts of one author.
    ByAuthor(i64),
    /// All drafts.
    All,
}

impl Drafts {
    /// Returns the parameter of the query: the id of an author, 0 for all authors, or -1 for none. Ids start at 1.
    const fn parameter(self) -> i64 {
        match self {
            Self::Hidden => -1,
            Self::ByAuthor(author) => author,
            Self::All => 0,
        }
    }

    /// Returns whether `chapter` is visible.
    #[must_use]
    pub const fn includes(self, chapter: &Chapter) -> bool {
        match self {
            _ if chapter.is_published() => true,
            Self::Hidden => false,
            Self::ByAuthor(author) => chapter.author_id == author,
            Self::All => true,
        }
    }
}

/// Common part of the list and its count. It is a macro because SQL must be `&'static str`, which prevents SQL
/// injection.
macro_rules! filtered {
    ($($select:literal)*) => {
        concat!(
            $($select,)*
            " WHERE (c.published_at IS NOT NULL OR $1 = 0 OR c.author_id = $1)",
            " AND (CAST($2 AS BIGINT) IS NULL OR c.grade_level = $2)",
            " AND (CAST($3 AS BIGINT) IS NULL OR c.author_id = $3)",
            " AND (CAST($4 AS BIGINT) IS NULL OR (c.published_at IS NOT NULL) = ($4 = 1))",
            " AND (CAST($5 AS TEXT) IS NULL",
            r" OR LOWER(c.title) LIKE LOWER($5) ESCAPE '\' OR LOWER(c.summary) LIKE LOWER($5) ESCAPE '\')",
        )
    };
}

impl ContentRepository {
    /// Adds a chapter, which is not published yet.
    pub async fn insert(&mut self, new: &NewChapter, now: Timestamp) -> Result<Chapter, StorageError> {
        let query = "INSERT INTO chapters (author_id, title, summary, body, grade_level, created_at, updated_at) \
                     VALUES ($1, $2, $3, $4, $5, $6, $6) RETURNING *";
        let query = sqlx::query_as(query)
            .bind(new.author_id)
            .bind(&*new.title)
            .bind(&*new.summary)
            .bind(&*new.body)
            .bind(new.grade_level)
            .bind(now.as_second());
        Ok(query.fetch_one(&mut self.tx).await?)
    }

    /// Returns the chapter with that id.
    pub async fn find(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM chapters WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the chapter with that id, and locks it until the transaction ends.
    ///
    /// SQLite does not support `FOR UPDATE`. An update without a change has the same effect in both databases.
    pub async fn lock(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET revision = revision WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the chapter with that id, its author, and the progress of `reader_id`.
    pub async fn open(&mut self, id: i64, reader_id: i64) -> Result<Option<OpenChapter>, StorageError> {
        let query = "SELECT c.*, u.name AS author_name, p.percent, p.updated_at AS read_at, p.completed_at \
                     FROM chapters c JOIN users u ON u.id = c.author_id \
                     LEFT JOIN progress p ON p.chapter_id = c.id AND p.user_id = $2 WHERE c.id = $1";
        let query = sqlx::query(query).bind(id).bind(reader_id);
        let row = query.fetch_optional(&mut self.tx).await?;
        let read = |row: AnyRow| {
            Ok::<_, Error>(OpenChapter {
                chapter: Chapter::from_row(&row)?,
                author_name: row.try_get("author_name")?,
                progress: read_progress(&row, reader_id)?,
            })
        };
        Ok(row.map(read).transpose()?)
    }

    /// Returns a page of the chapters with the progress of the reader. The number of queries does not depend on the
    /// number of chapters.
    pub async fn list(
        &mut self,
        selection: &ChapterQuery<'_>,
        page: Page,
    ) -> Result<ListPage<ListedChapter>, StorageError> {
        let pattern = selection.search.map(contains_pattern);
        let (drafts, published) = (selection.drafts.parameter(), selection.published.map(i64::from));
        let count = sqlx::query_scalar(filtered!("SELECT COUNT(*) FROM chapters c"))
            .bind(drafts)
            .bind(selection.grade_level)
            .bind(selection.author_id)
            .bind(published)
            .bind(pattern.as_deref());
        let total = count.fetch_one(&mut self.tx).await?;

        let query = concat!(
            filtered!(
                "SELECT c.id, c.author_id, c.title, c.summary, c.grade_level, c.updated_at, c.published_at, c.revision,"
                " c.length, u.name AS author_name,"
                " p.percent, p.updated_at AS read_at, p.completed_at"
                " FROM chapters c JOIN users u ON u.id = c.author_id"
                " LEFT JOIN progress p ON p.chapter_id = c.id AND p.user_id = $6"
            ),
            " ORDER BY CASE WHEN c.grade_level = $7 THEN 0 ELSE 1 END,",
            " CASE WHEN $8 = 1 THEN -c.updated_at ELSE c.id END, c.id LIMIT $9 OFFSET $10"
        );
        let query = sqlx::query(query)
            .bind(drafts)
            .bind(selection.grade_level)
            .bind(selection.author_id)
            .bind(published)
            .bind(pattern.as_deref())
            .bind(selection.reader_id)
            .bind(selection.first)
            .bind(i64::from(selection.order == ChapterOrder::Activity))
            .bind(page.limit)
            .bind(page.offset);
        let rows = query.fetch_all(&mut self.tx).await?;
        let items =
            rows.iter().map(|row| read_listed_chapter(row, selection.reader_id)).collect::<Result<_, _>>()?;
        Ok(ListPage { items, total })
    }

    /// Changes the text if `chapter.revision` is still the current revision, and increments the revision. Returns
    /// `None` if it is not, or if the chapter does not exist.
    pub async fn update(
        &mut self,
        chapter: &Chapter,
        now: Timestamp,
    ) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET title = $3, summary = $4, body = $5, grade_level = $6, updated_at = $7, \
                     revision = revision + 1 WHERE id = $1 AND revision = $2 RETURNING *";
        let query = sqlx::query_as(query)
            .bind(chapter.id)
            .bind(chapter.revision)
            .bind(&*chapter.title)
            .bind(&*chapter.summary)
            .bind(&*chapter.body)
            .bind(chapter.grade_level)
            .bind(now.as_second());
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Publishes a chapter. Has no effect if it is already published.
    pub async fn publish(&mut self, id: i64, now: Timestamp) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET published_at = COALESCE(published_at, $2) WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id).bind(now.as_second());
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Unpublishes a chapter.
    pub async fn unpublish(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET published_at = NULL WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Deletes a chapter with the progress of all readers. Returns whether it existed.
    pub async fn delete(&mut self, id: i64) -> Result<bool, StorageError> {
        let query = sqlx::query("DELETE FROM chapters WHERE id = $1").bind(id);
        let done = query.execute(&mut self.tx).await?;
        Ok(done.rows_affected() > 0)
    }

    /// Returns the number of chapters.
    pub async fn count(&mut self) -> Result<i64, StorageError> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM chapters");
        Ok(query.fetch_one(&mut self.tx).await?)
    }
}

impl FromRow<'_, AnyRow> for Chapter {
    fn from_row(row: &AnyRow) -> Result<Self, Error> {
        Ok(Self {
            id: row.try_get("id")?,
            author_id: row.try_get("author_id")?,
            title: row.try_get("title")?,
            summary: row.try_get("summary")?,
            body: row.try_get("body")?,
            grade_level: row.try_get("grade_level")?,
            created_at: row.time("created_at")?,
            updated_at: row.time("updated_at")?,
            published_at: row.optional_time("published_at")?,
            revision: row.try_get("revision")?,
            embedded: row.try_get("embedded")?,
        })
    }
}

/// Reads a row of a list: the columns of the chapter, `length`, `author_name`, and those of [`read_progress`].
pub(super) fn read_listed_chapter(row: &AnyRow, reader_id: i64) -> Result<ListedChapter, Error> {
    Ok(ListedChapter {
        id: row.try_get("id")?,
        author_id: row.try_get("author_id")?,
        author_name: row.try_get("author_name")?,
        title: row.try_get("title")?,
        summary: row.try_get("summary")?,
        grade_level: row.try_get("grade_level")?,
        length: row.try_get("length")?,
        updated_at: row.time("updated_at")?,
        published_at: row.optional_time("published_at")?,
        revision: row.try_get("revision")?,
        progress: read_progress(row, reader_id)?,
    })
}

/// Reads the columns `percent`, `read_at` and `completed_at`, which are null if the reader has not started the
/// chapter.
fn read_progress(row: &AnyRow, reader_id: i64) -> Result<Option<Progress>, Error> {
    let Some(percent) = row.try_get("percent")? else { return Ok(None) };
    Ok(Some(Progress {
        user_id: reader_id,
        chapter_id: row.try_get("id")?,
        percent,
        updated_at: row.time("read_at")?,
        completed_at: row.optional_time("completed_at")?,
    }))
}
