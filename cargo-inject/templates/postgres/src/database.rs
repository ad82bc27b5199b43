//! Database.

use std::{sync::Arc, time::Duration};

use secrecy::ExposeSecret as _;
use sqlx::{PgPool, Postgres, migrate::Migrator, postgres::PgPoolOptions};

use crate::settings::Settings;

/// Kind of database.
pub type Db = Postgres;

/// Transaction of a request: committed if the request succeeds, and otherwise rolled back.
pub type Tx = inject_runtime::tx::Tx<Db>;

// Cargo does not notice new files in the folder: save this file after adding one.
static MIGRATIONS: Migrator = sqlx::migrate!();

/// Opens the database, and runs the migrations.
///
/// # Errors
///
/// The database cannot be reached, or its migrations are those of another version of the program.
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
