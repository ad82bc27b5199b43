//! Tests of the seed.

use std::sync::Arc;

use learning_platform::{core::security::UserRole, db::Kind, seed};
use secrecy::ExposeSecret as _;
use serde_json::json;

use crate::{
    content::RecordingQueue,
    on_each_database,
    support::{Database, TestApp},
};

on_each_database! {
    async fn the_seed_fills_an_empty_database_once(db: Database) {
        let queue = Arc::new(RecordingQueue::new());
        let app = TestApp::with(&db, |builder| builder.queue(queue.clone())).await;
        let mut steps = Vec::new();
        let seeded = seed::run(&app.container, "correct horse", |step| steps.push((step.done, step.total))).await.unwrap();
        let seeded = seeded.expect("the database was empty");
        let total = steps.len();
        assert_eq!(steps, (1..=total).map(|done| (done, total)).collect::<Vec<_>>());
        for role in [UserRole::Admin, UserRole::Teacher, UserRole::Student] {
            assert!(seeded.accounts.iter().any(|account| account.role == role), "{role:?}");
        }
        assert_eq!(queue.take().len(), seeded.chapters - 1, "all chapters except the draft are queued for embedding");

        // A second run changes nothing.
        assert_eq!(seed::run_if_empty(&app.container).await.unwrap(), None);
        assert!(queue.take().is_empty());

        // The accounts work.
        for account in &seeded.accounts {
            let login = json!({ "email": account.email, "password": "correct horse" });
            let answer = app.post("/api/v1/auth/login").json(login).await.expect(200);
            let token = answer["access_token"].as_str().unwrap().to_owned();
            let chapters = app.get("/api/v1/chapters").token(&token).await.expect(200);
            assert!(chapters["total"].as_i64().unwrap() >= 2, "{}: {chapters}", account.email);
        }
    }

    async fn the_seed_is_inserted_completely_or_not_at_all(db: Database) {
        let app = TestApp::new(&db).await;
        let reject = match Kind::from_url(db.settings.database.url.expose_secret()) {
            Kind::Sqlite => "CREATE TRIGGER reject BEFORE INSERT ON progress BEGIN SELECT RAISE(ABORT, 'no'); END",
            Kind::Postgres => "ALTER TABLE progress ADD CONSTRAINT reject CHECK (percent < 0)",
        };
        sqlx::query(reject).execute(&db.pool).await.unwrap();
        seed::run_if_empty(&app.container).await.unwrap_err();
        let rows: i64 = sqlx::query_scalar("SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM chapters)").fetch_one(&db.pool).await.unwrap();
        assert_eq!(rows, 0);
    }
}
