//! 1. The container: the composition root of the application.

use std::sync::Arc;

use inject_runtime::container;
use sqlx::SqlitePool;

use crate::{
    database,
    notifier::{ConsoleNotifier, Notifier},
    settings::Settings,
};

/// Container of the application, and the state of its router.
///
/// It lists the inputs, the singletons and the bindings only. `BookService` and `BookRepository` are not listed:
/// they are request-scoped, and the generated code builds them with a struct literal for each request that needs them.
#[container]
pub struct App {
    /// Settings, which `main` and each test pass in. An input becomes a field of `AppInputs`.
    #[input]
    settings: Arc<Settings>,
    /// Connection pool, opened when the application starts and closed when it shuts down.
    #[factory(database::connect)]
    #[on_shutdown(SqlitePool::close)]
    pool: SqlitePool,
    /// Implementation that is injected wherever an `Arc<dyn Notifier>` is requested.
    #[bind(ConsoleNotifier)]
    notifier: Arc<dyn Notifier>,
}
