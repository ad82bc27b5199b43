//! Tests of reading progress over HTTP.

use learning_platform::core::security::UserRole;
use serde_json::{Value, json};

use crate::{
    on_each_database,
    support::{Account, Database, TestApp},
};

/// Creates chapters of these grades and publishes all but the last.
async fn create_chapters(app: &TestApp, author: &Account, grades: &[i64]) -> (Vec<i64>, i64) {
    let mut ids = Vec::new();
    for &grade_level in grades {
        let new = json!({ "title": format!("Grade {grade_level}"), "summary": "S", "body": "B", "grade_level": grade_level });
        let written = app.post("/api/v1/chapters").token(&author.token).json(new).await.expect(201);
        ids.push(written["id"].as_i64().unwrap());
    }
    let draft = ids.pop().unwrap();
    for id in &ids {
        app.post(&format!("/api/v1/chapters/{id}/publish")).token(&author.token).await.expect(200);
    }
    app.drain().await;
    (ids, draft)
}

on_each_database! {
    async fn progress_is_recorded_and_never_decreases(db: Database) {
        let app = TestApp::new(&db).await;
        let (teacher, student) = (app.create_user(UserRole::Teacher).await, app.create_student(7).await);
        let (ids, _) = create_chapters(&app, &teacher, &[7, 9, 7]).await;
        let put = async |id: i64, percent: i64| {
            app.put(&format!("/api/v1/chapters/{id}/progress")).token(&student.token).json(json!({ "percent": percent })).await.expect(200)
        };
        let first = put(ids[0], 40).await;
        assert_eq!((&first["chapter_id"], &first["percent"], &first["completed_at"]), (&json!(ids[0]), &json!(40), &Value::Null));
        assert_eq!(put(ids[0], 10).await["percent"], 40, "progress never decreases");
        let end = put(ids[0], 100).await;
        assert!(end["completed_at"].is_string(), "{end}");
        put(ids[1], 10).await;

        let list = app.get("/api/v1/progress?limit=10").token(&student.token).await.expect(200);
        assert_eq!((&list["total"], &list["limit"]), (&json!(2), &json!(10)));
        let mut read: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| (item["title"].as_str().unwrap(), item["percent"].as_i64().unwrap())).collect();
        read.sort_unstable();
        assert_eq!(read, [("Grade 7", 100), ("Grade 9", 10)]);
        assert_eq!(app.get("/api/v1/progress").token(&teacher.token).await.expect(200)["total"], 0, "progress is visible only to its user");
    }

    /// Each request reads its user and the chapter, and then writes.
    async fn eight_students_write_at_once(db: Database) {
        let app = TestApp::new(&db).await;
        let teacher = app.create_user(UserRole::Teacher).await;
        let (ids, _) = create_chapters(&app, &teacher, &[7, 7]).await;
        let path = format!("/api/v1/chapters/{}/progress", ids[0]);
        let mut students = Vec::new();
        for _ in 0..8 {
            let (token, path) = (app.create_student(7).await.token, path.clone());
            let put = move |app: &TestApp, percent| app.put(&path).token(&token).json(json!({ "percent": percent }));
            let requests: Vec<_> = (1..=40).map(|percent| put(&app, percent)).collect();
            students.push(tokio::spawn(async move {
                let mut succeeded = 0;
                for request in requests {
                    succeeded += usize::from(request.await.status == 200);
                }
                succeeded
            }));
        }
        let mut succeeded = 0;
        for student in students {
            succeeded += student.await.unwrap();
        }
        assert_eq!(succeeded, 320);
        let written = sqlx::query_scalar("SELECT COUNT(*) FROM progress WHERE percent = 40");
        let written: i64 = written.fetch_one(&db.pool).await.unwrap();
        assert_eq!(written, 8);
    }

    async fn progress_in_an_invisible_chapter_is_rejected(db: Database) {
        let app = TestApp::new(&db).await;
        let (teacher, student) = (app.create_user(UserRole::Teacher).await, app.create_student(7).await);
        let (ids, draft) = create_chapters(&app, &teacher, &[7, 7]).await;
        let path = |id: i64| format!("/api/v1/chapters/{id}/progress");
        for id in [draft, 0, -1, i64::MAX] {
            app.put(&path(id)).token(&student.token).json(json!({ "percent": 1 })).await.problem(404);
        }
        for percent in [-1, 101] {
            let request = app.put(&path(ids[0])).token(&student.token).json(json!({ "percent": percent }));
            assert_eq!(request.await.invalid_fields(), ["percent"]);
        }
        app.put("/api/v1/chapters/first/progress").token(&student.token).json(json!({ "percent": 1 })).await.problem(400);
        app.put(&path(ids[0])).json(json!({ "percent": 1 })).await.problem(401);
        app.get("/api/v1/progress").await.problem(401);
        app.get("/api/v1/dashboard").await.problem(401);
        // The reading day is not recorded either.
        let days: i64 = sqlx::query_scalar("SELECT COUNT(*) FROM reading_days").fetch_one(&db.pool).await.unwrap();
        assert_eq!(days, 0);
        app.put(&path(draft)).token(&teacher.token).json(json!({ "percent": 1 })).await.expect(200);
    }

    async fn the_dashboard_contains_the_summary_and_both_lists(db: Database) {
        let app = TestApp::new(&db).await;
        let (teacher, student) = (app.create_user(UserRole::Teacher).await, app.create_student(7).await);
        let empty = app.get("/api/v1/dashboard").token(&student.token).await.expect(200);
        let nothing = json!({ "started": 0, "completed": 0, "average_percent": 0, "days_read": 0 });
        assert_eq!(empty, json!({ "summary": nothing, "next": [], "recent": [] }));

        let (ids, _) = create_chapters(&app, &teacher, &[7, 9, 7, 7, 7]).await;
        for (id, percent) in [(ids[0], 100), (ids[3], 50)] {
            app.put(&format!("/api/v1/chapters/{id}/progress")).token(&student.token).json(json!({ "percent": percent })).await.expect(200);
        }
        let ids_of = |list: &Value| list.as_array().unwrap().iter().map(|chapter| chapter["id"].as_i64().unwrap()).collect::<Vec<_>>();
        let dashboard = app.get("/api/v1/dashboard").token(&student.token).await.expect(200);
        assert_eq!(dashboard["summary"], json!({ "started": 2, "completed": 1, "average_percent": 75, "days_read": 1 }));
        assert_eq!(ids_of(&dashboard["next"]), [ids[3], ids[2]], "started chapters first, and only chapters of this grade");
        assert_eq!(ids_of(&dashboard["recent"]), [ids[3], ids[2], ids[1], ids[0]]);
        assert_eq!((&dashboard["next"][0]["percent"], &dashboard["next"][1]["percent"]), (&json!(50), &Value::Null));
        let second = app.get("/api/v2/dashboard").token(&student.token).await.expect(200);
        assert_eq!((&second["summary"], &second["next"][0]["progress"]["percent"]), (&dashboard["summary"], &json!(50)));
    }
}
