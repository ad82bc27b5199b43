//! The database.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{PgPool, Postgres, migrate::Migrator, postgres::PgPoolOptions};

use crate::settings::Settings;

/// The kind of database.
pub type Db = Postgres;

/// One transaction for all that a request does: committed if it succeeds, and otherwise rolled back.
pub type Tx = inject_runtime::tx::Tx<Db>;

// Cargo does not notice a new file: save this one after adding it.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Opens the database, and brings it up to date.
///
/// # Errors
///
/// It cannot be reached, or comes from another version of the program.
pub async fn connect(settings: Arc<Settings>) -> Result<PgPool, sqlx::Error> {
    let settings = &settings.database;
    let pool = PgPoolOptions::new()
        .max_connections(settings.max_connections)
        .acquire_timeout(Duration::from_secs(settings.acquire_timeout_seconds))
        .connect(settings.url.expose_secret())
        .await?;
    MIGRATIONS.run(&pool).await?;
    Ok(pool)
}
