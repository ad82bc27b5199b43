//! 1. The container: the one place where the application is put together.

use std::sync::Arc;

use inject_runtime::container;
use sqlx::SqlitePool;

use crate::{
    database,
    notifier::{ConsoleNotifier, Notifier},
    settings::Settings,
};

/// The application, and the state of its router.
///
/// It lists what is shared, provided or chosen, and nothing else: `BookService` and `BookRepository` are not here,
/// since they are built on the spot, like struct literals, wherever they are asked for.
#[container]
pub struct App {
    /// Handed in by `main`, and by each test: a field of `AppInputs`.
    #[input]
    settings: Arc<Settings>,
    /// Opened when the application starts, closed when it ends.
    #[factory(database::connect)]
    #[on_shutdown(SqlitePool::close)]
    pool: SqlitePool,
    /// Whoever asks for an `Arc<dyn Notifier>` gets this one.
    #[bind(ConsoleNotifier)]
    notifier: Arc<dyn Notifier>,
}
