//! Temporary databases for tests.

use std::{
    env,
    panic::{AssertUnwindSafe, resume_unwind},
    sync::Arc,
};

use futures_util::FutureExt as _;
use learning_platform::{
    config::{Settings, Sources},
    db,
};
use sqlx::{AnyConnection, AnyPool, AssertSqlSafe, Connection as _};
use tempfile::TempDir;

/// Returns the settings of `config/test.toml` with that database.
pub fn settings(url: &str) -> Settings {
    let mut sources = Sources::default();
    sources.set("PLATFORM_ENVIRONMENT", "test");
    sources.set("PLATFORM_DATABASE__URL", url);
    sources.set("PLATFORM_DATABASE__MAX_CONNECTIONS", "4");
    Settings::load(&sources).expect("config/test.toml is valid")
}

/// New database with the schema of the application. A clone is another handle to the same database.
#[derive(Clone)]
pub struct Database {
    /// Pool that is open until the end of the test.
    pub pool: AnyPool,
    /// Settings with which the database was opened.
    pub settings: Arc<Settings>,
}

impl Database {
    /// Runs a test on SQLite in a temporary file.
    pub async fn sqlite<F: Future<Output = ()>>(test: impl FnOnce(Self) -> F) {
        let folder = TempDir::new().expect("a temporary folder");
        let file = folder.path().join("test.db");
        let url = format!("sqlite://{}", file.display());
        run(&url, test).await.unwrap_or_else(|panic| resume_unwind(panic));
    }

    /// Runs a test on a new database of the server that `DATABASE_URL` names. Without the variable, it prints a note
    /// and skips the test.
    pub async fn postgres<F: Future<Output = ()>>(test: impl FnOnce(Self) -> F) {
        let Ok(server) = env::var("DATABASE_URL") else {
            eprintln!("skipped on PostgreSQL: DATABASE_URL is not set");
            return;
        };
        assert_eq!(
            db::Kind::from_url(&server),
            db::Kind::Postgres,
            "DATABASE_URL must name a PostgreSQL server"
        );
        sqlx::any::install_default_drivers();
        let name = format!("learning_platform_{}", uuid::Uuid::new_v4().simple());
        execute(&server, format!("CREATE DATABASE {name}")).await;
        let result = run(&url_of(&server, &name), test).await;
        execute(&server, format!("DROP DATABASE {name} WITH (FORCE)")).await;
        result.unwrap_or_else(|panic| resume_unwind(panic));
    }
}

/// Runs a test, and closes the pool even if the test panics, so that the database can be removed.
async fn run<F: Future<Output = ()>>(
    url: &str,
    test: impl FnOnce(Database) -> F,
) -> Result<(), Box<dyn std::any::Any + Send>> {
    let settings = Arc::new(settings(url));
    let pool = db::connect(Arc::clone(&settings)).await.expect("a new database");
    let test = test(Database { pool: pool.clone(), settings });
    let result = AssertUnwindSafe(test).catch_unwind().await;
    pool.close().await;
    result
}

/// Returns the URL of another database on the same server.
fn url_of(server: &str, name: &str) -> String {
    let (location, options) = server.split_once('?').unwrap_or((server, ""));
    let authority = location.find("://").expect("a URL") + "://".len();
    let end = location[authority..].find('/').map_or(location.len(), |index| authority + index);
    let separator = if options.is_empty() { "" } else { "?" };
    format!("{}/{name}{separator}{options}", &location[..end])
}

async fn execute(server: &str, statement: String) {
    let mut connection = AnyConnection::connect(server).await.expect("the server that DATABASE_URL names");
    sqlx::raw_sql(AssertSqlSafe(statement)).execute(&mut connection).await.expect("may create databases");
    connection.close().await.expect("a connection that can be closed");
}

/// Defines a test for each database:
///
/// ```ignore
/// on_each_database! {
///     /// Additional description of the test.
///     async fn a_user_is_found(db: Database) {
///         let mut users = UserRepository::new(Tx::new(db.pool.clone()));
///         ..
///     }
/// }
/// ```
///
/// The tests are named `a_user_is_found::on_sqlite` and `a_user_is_found::on_postgres`.
#[macro_export]
macro_rules! on_each_database {
    ($($(#[$attribute:meta])* async fn $name:ident($database:ident: $type:ty) $body:block)+) => {$(
        $(#[$attribute])*
        mod $name {
            #[allow(unused_imports, clippy::wildcard_imports)]
            use super::*;

            async fn test($database: $type) $body

            #[tokio::test]
            async fn on_sqlite() {
                $crate::support::Database::sqlite(test).await;
            }

            #[tokio::test]
            async fn on_postgres() {
                $crate::support::Database::postgres(test).await;
            }
        }
    )+};
}
