//! Tests of chapters over HTTP.

use std::sync::{Arc, Mutex, PoisonError};

use learning_platform::{
    core::security::UserRole,
    services::{
        BoxFuture, ServiceError,
        jobs::{Job, JobQueue},
    },
};
use serde_json::{Value, json};
use sqlx::AnyPool;

use crate::{
    on_each_database,
    support::{Account, Database, TestApp},
};

/// Queue that records its jobs, and whether the chapter of the job was visible on another connection when the job was
/// added.
struct RecordingQueue {
    pool: AnyPool,
    jobs: Mutex<Vec<(i64, bool)>>,
}

impl RecordingQueue {
    fn take(&self) -> Vec<(i64, bool)> {
        std::mem::take(&mut *self.jobs.lock().unwrap_or_else(PoisonError::into_inner))
    }
}

impl JobQueue for RecordingQueue {
    fn add(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async move {
            let Job::EmbedChapter { chapter_id } = job;
            // On another connection, where uncommitted changes are not visible.
            let query = "SELECT COUNT(*) FROM chapters WHERE id = $1 AND published_at IS NOT NULL";
            let count: i64 = sqlx::query_scalar(query).bind(chapter_id).fetch_one(&self.pool).await.unwrap();
            self.jobs.lock().unwrap_or_else(PoisonError::into_inner).push((chapter_id, count == 1));
            Ok(())
        })
    }
}

struct School {
    app: TestApp,
    queue: Arc<RecordingQueue>,
    admin: Account,
    teacher: Account,
    student: Account,
}

impl School {
    async fn new(db: &Database) -> Self {
        let queue = Arc::new(RecordingQueue { pool: db.pool.clone(), jobs: Mutex::default() });
        let app = TestApp::with(db, |builder| builder.queue(queue.clone())).await;
        let admin = app.create_user(UserRole::Admin).await;
        let (teacher, student) = (app.create_user(UserRole::Teacher).await, app.create_student(7).await);
        Self { app, queue, admin, teacher, student }
    }

    async fn create_draft(&self, title: &str, grade_level: i64) -> i64 {
        let request =
            self.app.post("/api/v1/chapters").token(&self.teacher.token).json(chapter(title, grade_level));
        request.await.expect(201)["id"].as_i64().unwrap()
    }

    async fn create_published(&self, title: &str, grade_level: i64) -> i64 {
        let id = self.create_draft(title, grade_level).await;
        let path = format!("/api/v1/chapters/{id}/publish");
        self.app.post(&path).token(&self.teacher.token).await.expect(200);
        self.app.drain().await;
        self.queue.take();
        id
    }

    /// Returns the titles of a list.
    async fn titles(&self, reader: &Account, query: &str) -> Vec<String> {
        let list = self.app.get(&format!("/api/v1/chapters{query}")).token(&reader.token).await.expect(200);
        let items = list["items"].as_array().unwrap();
        items.iter().map(|item| item["title"].as_str().unwrap().to_owned()).collect()
    }
}

fn chapter(title: &str, grade_level: i64) -> Value {
    json!({ "title": title, "summary": "About something.", "body": "One.\n\nTwo.", "grade_level": grade_level })
}

on_each_database! {
    async fn a_chapter_is_written_published_and_read(db: Database) {
        let school = School::new(&db).await;
        let app = &school.app;
        let answer = app.post("/api/v1/chapters").token(&school.teacher.token).json(chapter("Light", 7)).await;
        let location = answer.header("location").to_owned();
        let written = answer.expect(201);
        assert_eq!(location, format!("/api/v1/chapters/{}", written["id"]));
        assert_eq!((&written["author_id"], &written["revision"]), (&json!(school.teacher.id), &json!(1)));
        assert_eq!((&written["body"], &written["published_at"]), (&json!("One.\n\nTwo."), &Value::Null));
        app.get(&location).token(&school.student.token).await.problem(404);

        let published = app.post(&format!("{location}/publish")).token(&school.teacher.token).await.expect(200);
        assert!(published["published_at"].is_string(), "{published}");
        assert_eq!(app.get(&location).token(&school.student.token).await.expect(200), published);

        let hidden = app.post(&format!("{location}/unpublish")).token(&school.teacher.token).await.expect(200);
        assert_eq!(hidden["published_at"], Value::Null);
        app.get(&location).token(&school.student.token).await.problem(404);
        app.drain().await;
    }

    /// Checks the permissions of each role for each endpoint.
    async fn each_endpoint_checks_the_role(db: Database) {
        let school = School::new(&db).await;
        let other = school.app.create_user(UserRole::Teacher).await;
        let (chapter, change) = (chapter("Shade", 7), json!({ "revision": 1, "title": "Shadow" }));
        for version in ["v1", "v2"] {
            for (method, path, body, [anonymous, student, other_teacher, teacher, admin]) in [
                ("GET", "", None, [401, 200, 200, 200, 200]),
                ("POST", "", Some(&chapter), [401, 403, 201, 201, 201]),
                ("GET", "/{id}", None, [401, 200, 200, 200, 200]),
                ("PATCH", "/{id}", Some(&change), [401, 403, 403, 200, 409]),
                ("POST", "/{id}/publish", None, [401, 403, 403, 200, 200]),
                ("POST", "/{id}/unpublish", None, [401, 403, 403, 200, 200]),
            ] {
                let id = school.create_published("Light", 7).await.to_string();
                let path = format!("/api/{version}/chapters{}", path.replace("{id}", &id));
                let request = |account: Option<&Account>| {
                    let mut request = school.app.request(method.parse().unwrap(), &path);
                    if let Some(account) = account {
                        request = request.token(&account.token);
                    }
                    if let Some(body) = body {
                        request = request.json(body.clone());
                    }
                    request
                };
                for (who, account, status) in [
                    ("an anonymous client", None, anonymous),
                    ("a student", Some(&school.student), student),
                    ("another teacher", Some(&other), other_teacher),
                    ("the author", Some(&school.teacher), teacher),
                    ("an admin", Some(&school.admin), admin),
                ] {
                    let answer = request(account).await;
                    assert_eq!(answer.status.as_u16(), status, "{method} {path} by {who}: {}", answer.text());
                }
            }
            for (account, status) in [(&school.student, 403), (&school.teacher, 403), (&school.admin, 204), (&school.admin, 404)] {
                let id = if status == 404 { 0 } else { school.create_published("Light", 7).await };
                let answer = school.app.delete(&format!("/api/{version}/chapters/{id}")).token(&account.token).await;
                assert_eq!(answer.status.as_u16(), status, "{}", answer.text());
            }
        }
        school.app.drain().await;
    }

    async fn lists_are_filtered_and_paged(db: Database) {
        let school = School::new(&db).await;
        for (title, grade) in [("Fractions", 5), ("Light", 7), ("Waves", 9), ("Plants and light", 7)] {
            school.create_published(title, grade).await;
        }
        school.create_draft("Shade", 7).await;
        let (student, teacher) = (&school.student, &school.teacher);
        let (light, all) = (["Light", "Plants and light"], ["Light", "Plants and light", "Fractions", "Waves"]);
        assert_eq!(school.titles(student, "").await, light);
        assert_eq!(school.titles(student, "?grade_level=all").await, all);
        assert_eq!(school.titles(student, "?grade_level=9").await, ["Waves"]);
        assert_eq!(school.titles(student, "?search=LIGHT&limit=1&offset=1").await, light[1..]);
        assert_eq!(school.titles(student, "?search=%25").await, Vec::<String>::new());
        assert_eq!(school.titles(student, "?published=false&grade_level=all").await, Vec::<String>::new());
        assert_eq!(school.titles(teacher, "?published=false").await, ["Shade"]);
        assert_eq!(school.titles(teacher, &format!("?author_id={}&grade_level=5", teacher.id)).await, ["Fractions"]);
        assert_eq!(school.titles(teacher, "?author_id=0").await, Vec::<String>::new());
        assert_eq!(school.titles(teacher, "?sort=activity&limit=1").await.len(), 1);

        let list = school.app.get("/api/v1/chapters?grade_level=all&limit=3&offset=3").token(&student.token).await.expect(200);
        assert_eq!((&list["total"], &list["limit"], &list["offset"]), (&json!(4), &json!(3), &json!(3)));
        assert_eq!(list["items"].as_array().unwrap().len(), 1);
        assert_eq!(list["items"][0].get("body"), None, "items of a list have no text");
    }

    async fn the_parameters_of_a_list_are_validated(db: Database) {
        let school = School::new(&db).await;
        let list = async |query: &str| school.app.get(&format!("/api/v1/chapters?{query}")).token(&school.student.token).await;
        list("limit=100&offset=10000").await.expect(200);
        for (query, field) in [("limit=101", "limit"), ("limit=0", "limit"), ("offset=-1", "offset"), ("offset=10001", "offset")] {
            assert_eq!(list(query).await.invalid_fields(), [field], "{query}");
        }
        assert_eq!(list(&format!("search={}", "x".repeat(101))).await.invalid_fields(), ["search"]);
        assert_eq!(list("search=a%00b").await.invalid_fields(), ["search"]);
        for query in ["limit=all", "grade_level=14", "grade_level=", "published=maybe", "sort=title", "author_id=me"] {
            list(query).await.problem(400);
        }
    }

    async fn all_invalid_fields_are_reported(db: Database) {
        let school = School::new(&db).await;
        let post = async |body: Value| school.app.post("/api/v1/chapters").token(&school.teacher.token).json(body).await;
        let wrong = json!({ "title": "", "summary": "x".repeat(1001), "body": "a\u{0}b", "grade_level": 14 });
        let mut fields = post(wrong).await.invalid_fields();
        fields.sort();
        assert_eq!(fields, ["body", "grade_level", "summary", "title"]);
        let mut unknown = chapter("Light", 7);
        unknown["author_id"] = json!(school.admin.id);
        post(unknown).await.problem(422);
        let id = school.create_draft("Light", 7).await;
        let patch = async |body: Value| school.app.patch(&format!("/api/v1/chapters/{id}")).token(&school.teacher.token).json(body).await;
        assert_eq!(patch(json!({ "revision": 0 })).await.invalid_fields(), ["revision"]);
        patch(json!({ "title": "Shade" })).await.problem(422);
    }

    async fn a_change_of_an_old_revision_is_a_conflict(db: Database) {
        let school = School::new(&db).await;
        let chapter = format!("/api/v1/chapters/{}", school.create_draft("Light", 7).await);
        let patch = async |body: Value| school.app.patch(&chapter).token(&school.teacher.token).json(body).await;
        let changed = patch(json!({ "revision": 1, "title": "Shade", "grade_level": 8 })).await.expect(200);
        assert_eq!((&changed["revision"], &changed["title"], &changed["grade_level"]), (&json!(2), &json!("Shade"), &json!(8)));
        assert_eq!(changed["body"], "One.\n\nTwo.");
        let problem = patch(json!({ "revision": 1, "title": "Waves" })).await.problem(409);
        assert!(problem["detail"].as_str().unwrap().contains("revision"), "{problem}");
        assert_eq!(school.app.get(&chapter).token(&school.teacher.token).await.expect(200), changed);
    }

    async fn jobs_are_queued_after_the_commit(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_draft("Light", 7).await;
        school.app.drain().await;
        assert_eq!(school.queue.take(), []);
        let publish = format!("/api/v1/chapters/{id}/publish");
        school.app.post(&publish).token(&school.teacher.token).await.expect(200);
        school.app.drain().await;
        assert_eq!(school.queue.take(), [(id, true)], "the change was visible on another connection");
        school.app.delete(&format!("/api/v1/chapters/{id}")).token(&school.admin.token).await.expect(204);
        school.app.drain().await;
        assert_eq!(school.queue.take(), [(id, false)]);
    }

    async fn version_2_contains_the_author_and_the_progress(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_published("Light", 7).await;
        let (v1, v2) = (format!("/api/v1/chapters/{id}"), format!("/api/v2/chapters/{id}"));
        let author = json!({ "id": school.teacher.id, "name": school.teacher.user.name });
        let unread = school.app.get(&v2).token(&school.student.token).await.expect(200);
        assert_eq!((&unread["author"], &unread["reading_minutes"]), (&author, &json!(1)));
        assert_eq!((&unread["progress"], unread.get("author_id")), (&Value::Null, None));

        school.app.put(&format!("{v2}/progress")).token(&school.student.token).json(json!({ "percent": 40 })).await.expect(200);
        let read = school.app.get(&v2).token(&school.student.token).await.expect(200);
        assert_eq!((&read["progress"]["percent"], &read["progress"]["completed_at"]), (&json!(40), &Value::Null));
        let list = school.app.get("/api/v2/chapters").token(&school.student.token).await.expect(200);
        assert_eq!((&list["items"][0]["progress"], &list["items"][0]["author"]), (&read["progress"], &author));
        let list = school.app.get("/api/v1/chapters").token(&school.student.token).await.expect(200);
        assert_eq!(list["items"][0]["percent"], 40);

        let first = school.app.get(&v1).token(&school.student.token).await.expect(200);
        assert_eq!((&first["author_id"], first.get("author")), (&json!(school.teacher.id), None));
        let answer = school.app.post("/api/v2/chapters").token(&school.teacher.token).json(chapter("Waves", 9)).await;
        assert!(answer.header("location").starts_with("/api/v2/chapters/"));
    }
}

/// If the commit fails, the response is a 500, and no job is queued.
///
/// SQLite can defer the check of a foreign key until the commit.
#[tokio::test]
async fn a_failed_commit_queues_no_job() {
    Database::sqlite(async |db: Database| {
        let school = School::new(&db).await;
        let id = school.create_draft("Light", 7).await;
        for statement in [
            "CREATE TABLE promises (chapter_id INTEGER REFERENCES users (id) DEFERRABLE INITIALLY DEFERRED)",
            "CREATE TRIGGER promise AFTER UPDATE OF published_at ON chapters BEGIN INSERT INTO promises VALUES (-1); END",
        ] {
            sqlx::query(statement).execute(&db.pool).await.unwrap();
        }
        let publish = format!("/api/v1/chapters/{id}/publish");
        school.app.post(&publish).token(&school.teacher.token).await.problem(409);
        school.app.drain().await;
        assert_eq!(school.queue.take(), []);
        school.app.get(&format!("/api/v1/chapters/{id}")).token(&school.student.token).await.problem(404);
    })
    .await;
}
