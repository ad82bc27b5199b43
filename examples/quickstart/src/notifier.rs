//! 5. A port: an interface that the service needs, without its implementation.

use std::sync::{Mutex, PoisonError};

use inject_runtime::service;

use crate::repository::Book;

/// Port for notifications about finished books.
///
/// A stereotype attribute on a trait puts `dyn Notifier` into that layer, so that services may depend on it.
#[service]
pub trait Notifier: Send + Sync {
    /// Notifies that a book was finished.
    fn finished(&self, book: &Book);
}

/// Notifier that writes to the log. `#[bind(ConsoleNotifier)]` in the container selects it.
#[service]
pub struct ConsoleNotifier;

impl Notifier for ConsoleNotifier {
    fn finished(&self, book: &Book) {
        // `?` escapes user input: a line break in a title cannot start a new line in the log.
        tracing::info!(title = ?book.title, author = ?book.author, "finished a book");
    }
}

/// Notifier that records its calls, for tests.
#[service]
pub struct RecordingNotifier {
    // Initialized with its default. Without `#[init]`, the field would be a dependency.
    #[init]
    titles: Mutex<Vec<String>>,
}

impl RecordingNotifier {
    /// Returns the titles of the books that were finished so far.
    #[must_use]
    pub fn titles(&self) -> Vec<String> {
        let titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.clone()
    }
}

impl Notifier for RecordingNotifier {
    fn finished(&self, book: &Book) {
        let mut titles = self.titles.lock().unwrap_or_else(PoisonError::into_inner);
        titles.push(book.title.clone());
    }
}
