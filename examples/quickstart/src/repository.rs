//! 4. The repository: the only place with SQL in it.

use inject_runtime::{repository, tx::Tx};
use serde::Serialize;
use sqlx::{FromRow, Sqlite};

/// A book on the list.
#[derive(Clone, Debug, FromRow, PartialEq, Serialize)]
pub struct Book {
    /// Its number.
    pub id: i64,
    /// What it is called.
    pub title: String,
    /// Who wrote it.
    pub author: String,
    /// Whether it has been read to the end.
    pub finished: bool,
}

/// Keeps books.
///
/// It lives for one request, and so does its transaction, which it shares with whatever else the request does: begun with the first query,
/// committed before a success is answered, rolled back otherwise. `#[repository]` also writes `BookRepository::new(tx)`, for tests.
#[repository(scope = request)]
pub struct BookRepository {
    tx: Tx<Sqlite>,
}

/// The database did not do what it was asked.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// Later it may.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// It will not.
    #[error("the database failed")]
    Failed(#[source] sqlx::Error),
}

impl BookRepository {
    /// Adds a book.
    pub(crate) async fn insert(&mut self, title: &str, author: &str) -> Result<Book, StorageError> {
        let query = "INSERT INTO books (title, author) VALUES (?, ?) RETURNING *";
        let query = sqlx::query_as(query).bind(title).bind(author);
        Ok(query.fetch_one(&mut *self.tx.acquire().await?).await?)
    }

    /// The book with that number.
    pub(crate) async fn find(&mut self, id: i64) -> Result<Option<Book>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM books WHERE id = ?").bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }

    /// The books added last, at most `limit`.
    pub(crate) async fn latest(&mut self, limit: u32) -> Result<Vec<Book>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM books ORDER BY id DESC LIMIT ?").bind(limit);
        Ok(query.fetch_all(&mut *self.tx.acquire().await?).await?)
    }

    /// Marks a book as finished; `None` if there is no such book, or it was finished already.
    pub(crate) async fn finish(&mut self, id: i64) -> Result<Option<Book>, StorageError> {
        // One statement, so that of two requests at the same time only one finishes the book.
        let query = "UPDATE books SET finished = TRUE WHERE id = ? AND NOT finished RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut *self.tx.acquire().await?).await?)
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // The low byte says what it is: busy, locked, cannot be opened.
            sqlx::Error::Database(error) => error
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_some_and(|code| matches!(code & 0xff, 5 | 6 | 14)),
            _ => false,
        };
        if unavailable { Self::Unavailable(error) } else { Self::Failed(error) }
    }
}
