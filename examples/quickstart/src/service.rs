//! 6. The service: the business logic, independent of its callers.

use std::sync::Arc;

use inject_runtime::{BackgroundTasks, Inject, service};
use serde::Deserialize;

use crate::{
    notifier::Notifier,
    repository::{Book, BookRepository, StorageError},
};

/// Service that manages the reading list.
///
/// It lives for one request, as its repository does. `Inject` marks dependencies from the container, which outlive the request.
#[service(scope = request)]
pub struct BookService {
    books: BookRepository,
    notifier: Inject<Arc<dyn Notifier>>,
    tasks: BackgroundTasks,
}

/// Input for a new book.
#[derive(Debug, Deserialize)]
// Without `expecting`, error responses would contain the name of this struct.
#[serde(deny_unknown_fields, expecting = "an object with `title` and `author`")]
pub struct NewBook {
    /// Title of the book.
    pub title: String,
    /// Name of the author.
    pub author: String,
}

/// Error of the [`BookService`].
#[derive(Debug, thiserror::Error)]
pub enum BookError {
    /// No book has that id.
    #[error("there is no book {0}")]
    Unknown(i64),
    /// A field has an invalid value.
    #[error("`{field}` {problem}")]
    Invalid {
        /// Name of the field.
        field: &'static str,
        /// Rule that the value violates.
        problem: &'static str,
    },
    /// The database failed.
    #[error(transparent)]
    Storage(#[from] StorageError),
}

impl BookService {
    /// Adds a book to the list.
    ///
    /// # Errors
    ///
    /// Returns [`BookError::Invalid`] if the title or the author is blank or too long.
    pub async fn add(&mut self, book: NewBook) -> Result<Book, BookError> {
        let title = short_text("title", &book.title)?;
        let author = short_text("author", &book.author)?;
        Ok(self.books.insert(title, author).await?)
    }

    /// Returns the 100 books added last, newest first.
    ///
    /// # Errors
    ///
    /// Returns [`BookError::Storage`] if the database fails.
    pub async fn list(&mut self) -> Result<Vec<Book>, BookError> {
        Ok(self.books.latest(100).await?)
    }

    /// Returns the book with that id.
    ///
    /// # Errors
    ///
    /// Returns [`BookError::Unknown`] if no book has that id.
    pub async fn get(&mut self, id: i64) -> Result<Book, BookError> {
        let book = self.books.find(id).await?;
        book.ok_or(BookError::Unknown(id))
    }

    /// Marks a book as finished. The call is idempotent: a second call changes nothing and sends no notification.
    ///
    /// # Errors
    ///
    /// Returns [`BookError::Unknown`] if no book has that id.
    pub async fn finish(&mut self, id: i64) -> Result<Book, BookError> {
        match self.books.finish(id).await? {
            Some(book) => {
                // Runs after the response, and only if the transaction is committed: no notification is sent for a change that
                // was rolled back.
                let (notifier, finished) = (self.notifier.clone(), book.clone());
                self.tasks.add("notification", async move { notifier.finished(&finished) });
                Ok(book)
            }
            None => self.get(id).await,
        }
    }
}

fn short_text<'a>(field: &'static str, text: &'a str) -> Result<&'a str, BookError> {
    let problem = match text.trim() {
        "" => "must not be blank",
        text if text.chars().count() > 200 => "must not be longer than 200 characters",
        text => return Ok(text),
    };
    Err(BookError::Invalid { field, problem })
}

// No container here: the tests call the generated `new`, which takes the dependencies in the order of the fields.
#[cfg(test)]
mod tests {
    use super::*;
    use std::time::Duration;

    use inject_runtime::{Tasks, tx::Tx};

    use crate::{database, notifier::RecordingNotifier};

    async fn service() -> (BookService, Arc<RecordingNotifier>, Tasks) {
        let pool = database::in_memory().await.unwrap();
        let (notifier, tasks) = (Arc::new(RecordingNotifier::new()), Tasks::default());
        let books = BookRepository::new(Tx::new(pool));
        let service = BookService::new(books, Inject(notifier.clone()), BackgroundTasks::detached(&tasks));
        (service, notifier, tasks)
    }

    fn dune() -> NewBook {
        NewBook { title: " Dune ".into(), author: "Frank Herbert".into() }
    }

    #[tokio::test]
    async fn a_new_book_is_trimmed_and_unread() {
        let (mut service, ..) = service().await;
        let book = service.add(dune()).await.unwrap();
        assert_eq!((&*book.title, book.finished), ("Dune", false));
        assert_eq!(service.list().await.unwrap(), [book]);
    }

    #[tokio::test]
    async fn finishing_a_book_twice_notifies_once() {
        let (mut service, notifier, tasks) = service().await;
        let id = service.add(dune()).await.unwrap().id;
        assert!(service.finish(id).await.unwrap().finished);
        assert!(service.finish(id).await.unwrap().finished);
        tasks.drain(Duration::from_secs(5)).await.unwrap();
        assert_eq!(notifier.titles(), ["Dune"]);
    }

    #[tokio::test]
    async fn an_unknown_book_cannot_be_finished() {
        let (mut service, notifier, tasks) = service().await;
        let error = service.finish(7).await.unwrap_err();
        assert!(matches!(error, BookError::Unknown(7)));
        tasks.drain(Duration::from_secs(5)).await.unwrap();
        assert!(notifier.titles().is_empty());
    }
}
