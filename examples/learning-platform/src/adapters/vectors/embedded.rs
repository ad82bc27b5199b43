//! Vectors in a file, by `sqlite-vec`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, FromRow, Row as _, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteRow},
};

use super::extension;
use crate::services::{
    BoxFuture, ServiceError,
    rag::{EmbeddedPassage, Found, Passage, Search, VectorStore},
};

/// The store that needs nothing else: a file of its own, so that it works beside every database, and can be deleted.
///
/// A search looks at every vector: right for a book, and for some hundred thousand passages.
#[derive(Clone, Debug)]
pub struct EmbeddedVectors {
    pool: SqlitePool,
    dimensions: usize,
}

/// The store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite does not take the extension.
    #[error("sqlite-vec cannot be used: SQLite says {0}")]
    Extension(i32),
    /// The file cannot be opened, or is something else.
    #[error("cannot open {path:?} (choose another path with PLATFORM_RAG__VECTORS)")]
    File {
        /// The file.
        path: PathBuf,
        /// What SQLite says.
        source: sqlx::Error,
    },
}

impl EmbeddedVectors {
    /// Opens the file, and makes it if it is not there. `:memory:` is one that nobody else sees.
    ///
    /// What is in it was made by one embedder. If that is another one now, its vectors cannot be compared, and the store begins anew: it is only
    /// an index, and `cargo run --bin embed` fills it.
    ///
    /// # Errors
    ///
    /// The file cannot be opened, or is no database.
    pub async fn open(path: &Path, embedder: &str, dimensions: usize) -> Result<Self, OpenError> {
        extension::register().map_err(OpenError::Extension)?;
        let opened = async {
            let store = Self { pool: connect(path).await?, dimensions };
            store.prepare(embedder).await?;
            Ok(store)
        };
        opened.await.map_err(|source| OpenError::File { path: path.to_owned(), source })
    }

    async fn prepare(&self, embedder: &str) -> Result<(), sqlx::Error> {
        let embedder = format!("{embedder}, {} dimensions", self.dimensions);
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        sqlx::raw_sql(SCHEMA).execute(&mut *tx).await?;
        let made_by: Option<String> =
            sqlx::query_scalar("SELECT embedder FROM made_by").fetch_optional(&mut *tx).await?;
        if made_by.as_deref() != Some(&embedder) {
            if let Some(made_by) = made_by {
                tracing::warn!(
                    made_by,
                    embedder,
                    "the vectors are those of another embedder: all chapters have to be embedded again"
                );
            }
            // The number of dimensions is part of the type, so it cannot be a parameter. It is a number.
            let vectors = format!(
                "DROP TABLE IF EXISTS vectors; DELETE FROM passages; DELETE FROM made_by; \
                 CREATE VIRTUAL TABLE vectors USING vec0(grade_level integer, vector float[{}] distance_metric=cosine)",
                self.dimensions,
            );
            sqlx::raw_sql(AssertSqlSafe(vectors)).execute(&mut *tx).await?;
            sqlx::query("INSERT INTO made_by (embedder) VALUES (?)").bind(embedder).execute(&mut *tx).await?;
        }
        tx.commit().await
    }

    async fn replace(&self, chapter_id: i64, passages: Vec<EmbeddedPassage>) -> Result<(), EmbeddedError> {
        for it in &passages {
            self.check(&it.vector)?;
        }
        // Writes from its beginning on: one that reads first may find that somebody else has written in between.
        let mut tx = self.pool.begin_with("BEGIN IMMEDIATE").await?;
        remove(&mut tx, chapter_id).await?;
        for EmbeddedPassage { passage, vector } in passages {
            let query = "INSERT INTO passages (chapter_id, title, grade_level, position, text) VALUES (?, ?, ?, ?, ?) RETURNING id";
            let query =
                sqlx::query_scalar(query).bind(chapter_id).bind(passage.title).bind(passage.grade_level);
            let id: i64 = query.bind(passage.position).bind(passage.text).fetch_one(&mut *tx).await?;
            let query = "INSERT INTO vectors (rowid, grade_level, vector) VALUES (?, ?, ?)";
            sqlx::query(query)
                .bind(id)
                .bind(passage.grade_level)
                .bind(bytes(&vector))
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn nearest(&self, search: Search) -> Result<Vec<Found>, EmbeddedError> {
        self.check(&search.vector)?;
        let limit = i64::try_from(search.limit).unwrap_or(MOST).min(MOST);
        let rows: Vec<Row> = sqlx::query_as(NEAREST)
            .bind(bytes(&search.vector))
            .bind(limit)
            .bind(search.grade_level.unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|it| it.0).collect())
    }

    fn check(&self, vector: &[f32]) -> Result<(), EmbeddedError> {
        if vector.len() == self.dimensions {
            return Ok(());
        }
        Err(EmbeddedError::Dimensions { expected: self.dimensions, actual: vector.len() })
    }
}

const SCHEMA: &str = "
    CREATE TABLE IF NOT EXISTS made_by (embedder TEXT NOT NULL);
    CREATE TABLE IF NOT EXISTS passages (
        id          INTEGER PRIMARY KEY,   -- the rowid of its vector
        chapter_id  INTEGER NOT NULL,
        title       TEXT    NOT NULL,
        grade_level INTEGER NOT NULL,
        position    INTEGER NOT NULL,
        text        TEXT    NOT NULL,
        UNIQUE (chapter_id, position)
    );
";

/// The grade is asked for within the search: those that it excludes would otherwise take the places of others.
const NEAREST: &str = "
    WITH nearest AS (SELECT rowid, distance FROM vectors WHERE vector MATCH ?1 AND k = ?2 AND grade_level <= ?3)
    SELECT passages.*, nearest.distance FROM nearest JOIN passages ON passages.id = nearest.rowid
    ORDER BY nearest.distance, passages.id
";

/// As many as `sqlite-vec` finds at once.
const MOST: i64 = 4096;

/// The store did not do its part.
#[derive(Debug, thiserror::Error)]
enum EmbeddedError {
    #[error("a vector has {actual} numbers, and those in the store have {expected}")]
    Dimensions { expected: usize, actual: usize },
    #[error("the file of the vectors cannot be used")]
    File(#[from] sqlx::Error),
}

impl From<EmbeddedError> for ServiceError {
    fn from(error: EmbeddedError) -> Self {
        Self::Upstream { service: "the vector store", source: error.into() }
    }
}

struct Row(Found);

impl FromRow<'_, SqliteRow> for Row {
    fn from_row(row: &SqliteRow) -> Result<Self, sqlx::Error> {
        let passage = Passage {
            chapter_id: row.try_get("chapter_id")?,
            title: row.try_get("title")?,
            grade_level: row.try_get("grade_level")?,
            position: row.try_get("position")?,
            text: row.try_get("text")?,
        };
        let distance: f32 = row.try_get("distance")?;
        Ok(Self(Found { passage, score: 1.0 - distance }))
    }
}

impl VectorStore for EmbeddedVectors {
    fn upsert(
        &self,
        chapter_id: i64,
        passages: Vec<EmbeddedPassage>,
    ) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move { Ok(self.replace(chapter_id, passages).await?) })
    }

    fn delete(&self, chapter_id: i64) -> BoxFuture<'_, Result<(), ServiceError>> {
        self.upsert(chapter_id, Vec::new())
    }

    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<Found>, ServiceError>> {
        Box::pin(async move { Ok(self.nearest(search).await?) })
    }

    fn count(&self) -> BoxFuture<'_, Result<u64, ServiceError>> {
        Box::pin(async move {
            let count = sqlx::query_scalar("SELECT count(*) FROM passages").fetch_one(&self.pool).await;
            let count: i64 = count.map_err(EmbeddedError::from)?;
            Ok(count.unsigned_abs())
        })
    }

    fn close(&self) -> BoxFuture<'_, ()> {
        Box::pin(self.pool.close())
    }
}

async fn remove(tx: &mut Transaction<'_, Sqlite>, chapter_id: i64) -> Result<(), sqlx::Error> {
    let query = "DELETE FROM vectors WHERE rowid IN (SELECT id FROM passages WHERE chapter_id = ?)";
    sqlx::query(query).bind(chapter_id).execute(&mut **tx).await?;
    sqlx::query("DELETE FROM passages WHERE chapter_id = ?").bind(chapter_id).execute(&mut **tx).await?;
    Ok(())
}

async fn connect(path: &Path) -> Result<SqlitePool, sqlx::Error> {
    let in_memory = path == Path::new(":memory:");
    let options = SqliteConnectOptions::new()
        .filename(path)
        .in_memory(in_memory)
        .create_if_missing(true)
        // Readers do not wait for the writer.
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(5));
    // Each connection to `:memory:` is a store of its own, and is lost when it is closed.
    let pool = if in_memory {
        pool.max_connections(1).idle_timeout(None).max_lifetime(None)
    } else {
        pool.max_connections(4)
    };
    pool.connect_with(options).await
}

/// A vector as `sqlite-vec` reads it.
fn bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|it| it.to_ne_bytes()).collect()
}
