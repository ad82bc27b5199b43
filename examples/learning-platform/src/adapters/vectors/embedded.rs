//! Vector store in a file, based on `sqlite-vec`.

use std::{
    path::{Path, PathBuf},
    time::Duration,
};

use sqlx::{
    AssertSqlSafe, Connection as _, FromRow, Row as _, Sqlite, SqlitePool, Transaction,
    sqlite::{SqliteConnectOptions, SqlitePoolOptions, SqliteRow},
};

use super::extension;
use crate::{
    db::sqlite,
    services::{
        BoxFuture, ServiceError,
        rag::{EmbeddedPassage, Passage, Search, SearchHit, VectorStore},
    },
};

/// Vector store without external dependencies. It has a separate file, so that it works with every database, and can
/// be deleted.
///
/// A search scans every vector, which is sufficient for a book and for some hundred thousand passages.
#[derive(Clone, Debug)]
pub struct EmbeddedVectors {
    pool: SqlitePool,
    dimensions: usize,
}

/// Error returned when the store cannot be opened.
#[derive(Debug, thiserror::Error)]
pub enum OpenError {
    /// SQLite rejects the extension.
    #[error("sqlite-vec cannot be used: SQLite returned the code {0}")]
    Extension(i32),
    /// The file cannot be opened, or is not a database.
    #[error("cannot open {path:?} (choose another path with PLATFORM_RAG__VECTORS)")]
    File {
        /// Path of the file.
        path: PathBuf,
        /// Error of SQLite.
        source: sqlx::Error,
    },
}

impl EmbeddedVectors {
    /// Opens the file, and creates it if it does not exist. `:memory:` opens a private store in memory.
    ///
    /// The file records its embedder. Vectors of different embedders cannot be compared, so the store is cleared if
    /// the embedder has changed. The store is only an index, which `cargo run --bin embed` fills.
    ///
    /// # Errors
    ///
    /// Returns an error if the file cannot be opened, or is not a database.
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
                    "the stored vectors belong to another embedder: all chapters must be embedded again"
                );
            }
            // The number of dimensions is part of the type, so it cannot be a parameter. It is an integer, so the
            // statement is safe.
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
        for passage in &passages {
            self.check(&passage.vector)?;
        }
        // `IMMEDIATE` takes the write lock at once. A transaction that reads first fails if another connection writes
        // in between.
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
                .bind(to_bytes(&vector))
                .execute(&mut *tx)
                .await?;
        }
        Ok(tx.commit().await?)
    }

    async fn nearest(&self, search: Search) -> Result<Vec<SearchHit>, EmbeddedError> {
        self.check(&search.vector)?;
        let limit = i64::try_from(search.limit).unwrap_or(MAX_RESULTS).min(MAX_RESULTS);
        let rows: Vec<Row> = sqlx::query_as(NEAREST)
            .bind(to_bytes(&search.vector))
            .bind(limit)
            .bind(search.grade_level.unwrap_or(i64::MAX))
            .fetch_all(&self.pool)
            .await?;
        Ok(rows.into_iter().map(|Row(found)| found).collect())
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

/// Query of the nearest passages. The grade is a condition of the search itself: a later filter could remove some of
/// the `k` results.
const NEAREST: &str = "
    WITH nearest AS (SELECT rowid, distance FROM vectors WHERE vector MATCH ?1 AND k = ?2 AND grade_level <= ?3)
    SELECT passages.*, nearest.distance FROM nearest JOIN passages ON passages.id = nearest.rowid
    ORDER BY nearest.distance, passages.id
";

/// Maximum number of results of one search in `sqlite-vec`.
const MAX_RESULTS: i64 = 4096;

/// Error of the store.
#[derive(Debug, thiserror::Error)]
enum EmbeddedError {
    #[error("a vector has {actual} dimensions, but the store has {expected}")]
    Dimensions { expected: usize, actual: usize },
    #[error("the file of the vectors cannot be used")]
    File(#[from] sqlx::Error),
}

impl From<EmbeddedError> for ServiceError {
    fn from(error: EmbeddedError) -> Self {
        Self::Upstream { service: "the vector store", source: error.into() }
    }
}

struct Row(SearchHit);

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
        Ok(Self(SearchHit { passage, score: 1.0 - distance }))
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

    fn search(&self, search: Search) -> BoxFuture<'_, Result<Vec<SearchHit>, ServiceError>> {
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
        .busy_timeout(Duration::from_secs(5));
    let pool = SqlitePoolOptions::new().acquire_timeout(Duration::from_secs(5));
    // Each connection to `:memory:` has its own store, which is lost when the connection is closed.
    let pool = if in_memory {
        pool.max_connections(1).idle_timeout(None).max_lifetime(None)
    } else {
        // Readers do not wait for the writer, because the file has a write-ahead log.
        sqlite::open(&options).await?.close().await?;
        pool.max_connections(4)
    };
    pool.connect_with(options).await
}

/// Encodes a vector in the format of `sqlite-vec`.
fn to_bytes(vector: &[f32]) -> Vec<u8> {
    vector.iter().flat_map(|value| value.to_ne_bytes()).collect()
}
