//! Chapters.

use inject_runtime::repository;
use jiff::Timestamp;
use sqlx::{Error, FromRow, Row as _, any::AnyRow};

use super::{StorageError, like::containing};
use crate::{
    core::page::{Listed, Page},
    db::{RowExt as _, Tx},
    models::{
        content::{Chapter, ChapterOrder, ListedChapter, NewChapter, OpenChapter},
        progress::Progress,
    },
};

/// Keeps chapters, in the transaction of the request.
#[repository(scope = request)]
pub struct ContentRepository {
    tx: Tx,
}

/// Which chapters, for whom, in which order.
#[derive(Clone, Debug)]
pub struct ChapterQuery<'a> {
    /// Whose progress comes with them.
    pub reader_id: i64,
    /// Which of those that are not published are among them.
    pub drafts: Drafts,
    /// Of that grade.
    pub grade_level: Option<i64>,
    /// That grade comes first.
    pub first: Option<i64>,
    /// Of that author.
    pub author_id: Option<i64>,
    /// Only those that are published, or only those that are not.
    pub published: Option<bool>,
    /// A text in the heading or in the summary.
    pub search: Option<&'a str>,
    /// In which order.
    pub order: ChapterOrder,
}

/// Which chapters that are not published somebody may see.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Drafts {
    /// None.
    Hidden,
    /// Those of one author.
    Of(i64),
    /// All.
    All,
}

impl Drafts {
    /// For a parameter of a query: an author, 0 for all of them, -1 for none. Authors are numbered from 1.
    const fn parameter(self) -> i64 {
        match self {
            Self::Hidden => -1,
            Self::Of(author) => author,
            Self::All => 0,
        }
    }

    /// Whether they may see `chapter`.
    #[must_use]
    pub const fn show(self, chapter: &Chapter) -> bool {
        match self {
            _ if chapter.is_published() => true,
            Self::Hidden => false,
            Self::Of(author) => chapter.author_id == author,
            Self::All => true,
        }
    }
}

/// What lists and their length have in common: SQL is `&'static str`, so that nothing from outside gets into it.
macro_rules! matching {
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
        Ok(query.fetch_one(&mut *self.tx.acquire().await?).await?)
    }

    /// The chapter with that number.
    pub async fn find(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM chapters WHERE id = $1").bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// The chapter with that number, which nobody else can change until the transaction ends.
    ///
    /// SQLite has no `FOR UPDATE`; an update that changes nothing does the same on both.
    pub async fn lock(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET revision = revision WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// The chapter with that number, as `reader_id` opens it.
    pub async fn open(&mut self, id: i64, reader_id: i64) -> Result<Option<OpenChapter>, StorageError> {
        let query = "SELECT c.*, u.name AS author_name, p.percent, p.updated_at AS read_at, p.completed_at \
                     FROM chapters c JOIN users u ON u.id = c.author_id \
                     LEFT JOIN progress p ON p.chapter_id = c.id AND p.user_id = $2 WHERE c.id = $1";
        let query = sqlx::query(query).bind(id).bind(reader_id);
        let row = query.fetch_optional(&mut *self.tx.acquire().await?).await?;
        let read = |row: AnyRow| {
            Ok::<_, Error>(OpenChapter {
                chapter: Chapter::from_row(&row)?,
                author_name: row.try_get("author_name")?,
                progress: progress(&row, reader_id)?,
            })
        };
        Ok(row.map(read).transpose()?)
    }

    /// A page of the chapters, each with how far the reader is: one query, however many there are.
    pub async fn list(
        &mut self,
        wanted: &ChapterQuery<'_>,
        page: Page,
    ) -> Result<Listed<ListedChapter>, StorageError> {
        let pattern = wanted.search.map(containing);
        let (drafts, published) = (wanted.drafts.parameter(), wanted.published.map(i64::from));
        let count = sqlx::query_scalar(matching!("SELECT COUNT(*) FROM chapters c"))
            .bind(drafts)
            .bind(wanted.grade_level)
            .bind(wanted.author_id)
            .bind(published)
            .bind(pattern.as_deref());
        let total = count.fetch_one(&mut *self.tx.acquire().await?).await?;

        let query = concat!(
            matching!(
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
            .bind(wanted.grade_level)
            .bind(wanted.author_id)
            .bind(published)
            .bind(pattern.as_deref())
            .bind(wanted.reader_id)
            .bind(wanted.first)
            .bind(i64::from(wanted.order == ChapterOrder::Activity))
            .bind(page.limit)
            .bind(page.offset);
        let rows = query.fetch_all(&mut *self.tx.acquire().await?).await?;
        let items = rows.iter().map(|row| listed(row, wanted.reader_id)).collect::<Result<_, _>>()?;
        Ok(Listed { items, total })
    }

    /// Changes the text, if it is still that of `chapter.revision`, which goes up by one. `None` if it is not, or there is no such chapter.
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
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// Lets students read it. If they can already, nothing changes.
    pub async fn publish(&mut self, id: i64, now: Timestamp) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET published_at = COALESCE(published_at, $2) WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id).bind(now.as_second());
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// Does not let students read it any more.
    pub async fn unpublish(&mut self, id: i64) -> Result<Option<Chapter>, StorageError> {
        let query = "UPDATE chapters SET published_at = NULL WHERE id = $1 RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// Deletes it, and with it how far anybody has read it. Whether there was one.
    pub async fn delete(&mut self, id: i64) -> Result<bool, StorageError> {
        let query = sqlx::query("DELETE FROM chapters WHERE id = $1").bind(id);
        let done = query.execute(&mut *self.tx.acquire().await?).await?;
        Ok(done.rows_affected() > 0)
    }

    /// How many there are.
    pub async fn count(&mut self) -> Result<i64, StorageError> {
        let query = sqlx::query_scalar("SELECT COUNT(*) FROM chapters");
        Ok(query.fetch_one(&mut *self.tx.acquire().await?).await?)
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

/// A row of a list: the columns of the chapter, `length`, `author_name`, and those of [`progress`].
pub(super) fn listed(row: &AnyRow, reader_id: i64) -> Result<ListedChapter, Error> {
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
        progress: progress(row, reader_id)?,
    })
}

/// The columns `percent`, `read_at` and `completed_at`, which are null where the reader has not begun.
fn progress(row: &AnyRow, reader_id: i64) -> Result<Option<Progress>, Error> {
    let Some(percent) = row.try_get("percent")? else { return Ok(None) };
    Ok(Some(Progress {
        user_id: reader_id,
        chapter_id: row.try_get("id")?,
        percent,
        updated_at: row.time("read_at")?,
        completed_at: row.optional_time("completed_at")?,
    }))
}
