//! The database that is filled by the application itself.

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
    async fn an_empty_database_is_filled_once(db: Database) {
        let queue = Arc::new(RecordingQueue::new());
        let app = TestApp::with(&db, |builder| builder.queue(queue.clone())).await;
        let mut steps = Vec::new();
        let seeded = seed::run(&app.container, "correct horse", |step| steps.push((step.done, step.total))).await.unwrap();
        let seeded = seeded.expect("it was empty");
        let total = steps.len();
        assert_eq!(steps, (1..=total).map(|done| (done, total)).collect::<Vec<_>>());
        for role in [UserRole::Admin, UserRole::Teacher, UserRole::Student] {
            assert!(seeded.accounts.iter().any(|it| it.role == role), "{role:?}");
        }
        assert_eq!(queue.take().len(), seeded.chapters - 1, "all but one draft are to be found by the chatbot");

        // Again: nothing happens.
        assert_eq!(seed::if_empty(&app.container).await.unwrap(), None);
        assert!(queue.take().is_empty());

        // What was made is fit for use.
        for account in &seeded.accounts {
            let login = json!({ "email": account.email, "password": "correct horse" });
            let answer = app.post("/api/v1/auth/login").json(login).await.expect(200);
            let token = answer["access_token"].as_str().unwrap().to_owned();
            let chapters = app.get("/api/v1/chapters").token(&token).await.expect(200);
            assert!(chapters["total"].as_i64().unwrap() >= 2, "{}: {chapters}", account.email);
        }
    }

    async fn all_of_it_is_there_or_nothing(db: Database) {
        let app = TestApp::new(&db).await;
        let refuse = match Kind::of(db.settings.database.url.expose_secret()) {
            Kind::Sqlite => "CREATE TRIGGER refuse BEFORE INSERT ON progress BEGIN SELECT RAISE(ABORT, 'no'); END",
            Kind::Postgres => "ALTER TABLE progress ADD CONSTRAINT refuse CHECK (percent < 0)",
        };
        sqlx::query(refuse).execute(&db.pool).await.unwrap();
        seed::if_empty(&app.container).await.unwrap_err();
        let rows: i64 = sqlx::query_scalar("SELECT (SELECT COUNT(*) FROM users) + (SELECT COUNT(*) FROM chapters)").fetch_one(&db.pool).await.unwrap();
        assert_eq!(rows, 0);
    }
}
