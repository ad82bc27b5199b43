//! Writes that were acknowledged stay, when the process of the server is killed, and when the database is restarted. Slow tests.

#[path = "../behavior/support/client.rs"]
mod client;
#[path = "../support/not_run.rs"]
mod not_run;

mod killed;
mod restarted;
mod writers;

use std::time::Duration;

/// Number of kills, and of restarts.
const ROUNDS: usize = 40;
const CLIENTS: usize = 8;
/// Limit for every wait.
const LONG: Duration = Duration::from_secs(30);

/// Endpoint that writes twice in one transaction, and the application around it.
macro_rules! application {
    ($db:ty) => {
        use axum::extract;
        use inject_runtime::{Routes, container, post, routes, tx::Tx};
        use sqlx::{AssertSqlSafe, Pool};

        #[container]
        struct App {
            #[input]
            db: Pool<$db>,
        }

        #[post("/writes/{id}", public)]
        async fn write(
            #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<$db>,
            extract::Path(id): extract::Path<i64>,
        ) -> Result<String, crate::writers::WriteError> {
            for table in ["first", "second"] {
                let sql = AssertSqlSafe(format!("INSERT INTO {table} VALUES ({id})"));
                sqlx::raw_sql(sql).execute(&mut *tx.acquire().await?).await?;
            }
            Ok(format!("wrote {id}"))
        }

        fn all() -> Routes<App> {
            routes![write]
        }

        /// Returns the ids in both tables. Asserts that they have the same ones, each once.
        async fn written(pool: &Pool<$db>) -> std::collections::BTreeSet<i64> {
            let [first, second] = ["SELECT id FROM first ORDER BY id", "SELECT id FROM second ORDER BY id"]
                .map(|sql| sqlx::query_scalar::<_, i64>(sql).fetch_all(pool));
            let (first, second) =
                (first.await.expect("the table is there"), second.await.expect("the table is there"));
            assert_eq!(first, second, "half a write");
            let ids: std::collections::BTreeSet<_> = first.iter().copied().collect();
            assert_eq!(ids.len(), first.len(), "a write is stored twice");
            ids
        }
    };
}
use application;
