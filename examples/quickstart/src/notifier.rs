//! 5. A port: what the service needs done, and not how.

use std::sync::{Mutex, PoisonError};

use inject_runtime::service;

use crate::repository::Book;

/// Tells the world about progress.
///
/// A stereotype on a trait puts `dyn Notifier` in that layer, so that services may depend on it.
#[service]
pub trait Notifier: Send + Sync {
    /// A book has just been read to the end.
    fn finished(&self, book: &Book);
}

/// Writes to the log. `#[bind(ConsoleNotifier)]` in the container chooses it.
#[service]
pub struct ConsoleNotifier;

impl Notifier for ConsoleNotifier {
    fn finished(&self, book: &Book) {
        // `?` quotes what users wrote: a line break in a title does not make a line in the log.
        tracing::info!(title = ?book.title, author = ?book.author, "finished a book");
    }
}

/// Keeps it to itself, for tests.
#[service]
pub struct RecordingNotifier {
    // Not a dependency.
    #[init]
    titles: Mutex<Vec<String>>,
}

impl RecordingNotifier {
    /// The titles of the books finished so far.
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
