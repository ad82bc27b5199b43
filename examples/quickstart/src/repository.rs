//! 4. The repository: the only module that contains SQL.

use inject_runtime::{repository, tx::Tx};
use serde::Serialize;
use sqlx::{FromRow, Sqlite};

/// Book on the reading list.
#[derive(Clone, Debug, FromRow, PartialEq, Serialize)]
pub struct Book {
    /// Id of the book.
    pub id: i64,
    /// Title of the book.
    pub title: String,
    /// Name of the author.
    pub author: String,
    /// Whether the book is finished.
    pub finished: bool,
}

/// Repository of books.
///
/// It lives for one request, and so does its transaction. All repositories of the request share that transaction: it begins with the
/// first query, it is committed before a success response is sent, and it is rolled back otherwise. `#[repository]` also generates
/// `BookRepository::new(tx)`, for tests.
#[repository(scope = request)]
pub struct BookRepository {
    tx: Tx<Sqlite>,
}

/// Error returned when a query fails.
#[derive(Debug, thiserror::Error)]
pub enum StorageError {
    /// The database is temporarily unavailable: a retry may succeed.
    #[error("the database is not available")]
    Unavailable(#[source] sqlx::Error),
    /// The query failed for another reason: a retry does not help.
    #[error("the database failed")]
    Failed(#[source] sqlx::Error),
}

impl BookRepository {
    /// Adds a book.
    pub(crate) async fn insert(&mut self, title: &str, author: &str) -> Result<Book, StorageError> {
        let query = "INSERT INTO books (title, author) VALUES (?, ?) RETURNING *";
        let query = sqlx::query_as(query).bind(title).bind(author);
        Ok(query.fetch_one(&mut self.tx).await?)
    }

    /// Returns the book with that id.
    pub(crate) async fn find(&mut self, id: i64) -> Result<Option<Book>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM books WHERE id = ?").bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }

    /// Returns the books added last, at most `limit`.
    pub(crate) async fn latest(&mut self, limit: u32) -> Result<Vec<Book>, StorageError> {
        let query = sqlx::query_as("SELECT * FROM books ORDER BY id DESC LIMIT ?").bind(limit);
        Ok(query.fetch_all(&mut self.tx).await?)
    }

    /// Marks a book as finished. Returns `None` if the book does not exist or is already finished.
    pub(crate) async fn finish(&mut self, id: i64) -> Result<Option<Book>, StorageError> {
        // One statement, so that of two concurrent requests only one finishes the book.
        let query = "UPDATE books SET finished = TRUE WHERE id = ? AND NOT finished RETURNING *";
        let query = sqlx::query_as(query).bind(id);
        Ok(query.fetch_optional(&mut self.tx).await?)
    }
}

impl From<sqlx::Error> for StorageError {
    fn from(error: sqlx::Error) -> Self {
        let unavailable = match &error {
            sqlx::Error::PoolTimedOut | sqlx::Error::PoolClosed | sqlx::Error::Io(_) => true,
            // The low byte is the primary result code: 5 is busy, 6 is locked, 14 means that the file cannot be opened.
            sqlx::Error::Database(error) => error
                .code()
                .and_then(|code| code.parse::<u32>().ok())
                .is_some_and(|code| matches!(code & 0xff, 5 | 6 | 14)),
            _ => false,
        };
        if unavailable { Self::Unavailable(error) } else { Self::Failed(error) }
    }
}
