//! Tests of users and of the permissions to see and change them.

use learning_platform::{core::security::UserRole, models::user::NewUser};
use serde_json::{Value, json};

use crate::{
    on_each_database,
    support::{Database, TestApp, new_user},
};

on_each_database! {
    async fn each_endpoint_checks_the_role(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let teacher = app.create_user(UserRole::Teacher).await;
        let student = app.create_user(UserRole::Student).await;
        let other = app.create_user(UserRole::Student).await;
        let (shown, role) = (format!("/api/v1/users/{}", other.id), format!("/api/v1/users/{}/role", other.id));
        let body = json!({ "role": "student" });
        // Statuses for an admin, a teacher, a student and an anonymous client.
        let expected: [(&str, &str, Option<Value>, [u16; 4]); 6] = [
            ("GET", "/api/v1/users", None, [200, 403, 403, 401]),
            ("GET", &shown, None, [200, 200, 403, 401]),
            ("GET", "/api/v1/users/4711", None, [404, 404, 403, 401]),
            ("PATCH", "/api/v1/users/me", Some(json!({})), [200, 200, 200, 401]),
            ("PUT", &role, Some(body), [200, 403, 403, 401]),
            ("DELETE", &shown, None, [204, 403, 403, 401]),
        ];
        let accounts = [Some(&admin), Some(&teacher), Some(&student), None];
        for (method, path, body, statuses) in expected {
            // The admin is last, because only the admin's request changes the user.
            for (account, status) in accounts.iter().zip(statuses).rev() {
                let mut request = app.request(method.parse().unwrap(), path);
                if let Some(account) = account {
                    request = request.token(&account.token);
                }
                if let Some(body) = &body {
                    request = request.json(body.clone());
                }
                let answer = request.await;
                let role = account.map(|account| account.user.role);
                assert_eq!(answer.status, status, "{role:?}: {} {}", answer.request, answer.text());
                if status >= 400 {
                    answer.problem(status);
                }
            }
        }
    }

    async fn students_can_see_their_own_account(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_student(7).await;
        let path = format!("/api/v1/users/{}", student.id);
        let shown = app.get(&path).token(&student.token).await.expect(200);
        let expected = json!({
            "id": student.id, "email": student.user.email, "name": "A student", "role": "student",
            "grade_level": 7, "active": true, "created_at": student.user.created_at,
        });
        assert_eq!(shown, expected);
        assert_eq!(app.get("/api/v1/users/me").token(&student.token).await.expect(200), expected);

        let path = format!("/api/v2/users/{}", student.id);
        let shown = app.get(&path).token(&student.token).await.expect(200);
        let expected = json!({
            "id": student.id, "email": student.user.email, "display_name": "A student", "role": "student",
            "school": { "grade_level": 7 }, "created_at": student.user.created_at, "deactivated_at": null,
        });
        assert_eq!(shown, expected);
    }

    async fn omitted_fields_are_unchanged(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_student(7).await;
        let change = async |body: Value| app.patch("/api/v1/users/me").token(&student.token).json(body).await;
        let changed = change(json!({ "name": "Ada" })).await.expect(200);
        assert_eq!((&changed["name"], &changed["grade_level"]), (&json!("Ada"), &json!(7)));
        let changed = change(json!({ "grade_level": 8 })).await.expect(200);
        assert_eq!((&changed["name"], &changed["grade_level"]), (&json!("Ada"), &json!(8)));
        let bad = json!({ "name": "\u{7}", "grade_level": 0 });
        assert_eq!(change(bad).await.invalid_fields(), ["grade_level", "name"]);
        change(json!({ "role": "admin" })).await.problem(422);
    }

    async fn admins_can_filter_and_page_users(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        for (name, grade_level) in [("Ada 100%", 7), ("Bob", 7), ("Cleo", 8)] {
            let new = NewUser { name: name.to_owned(), grade_level: Some(grade_level), ..new_user(UserRole::Student) };
            app.create_account(new).await;
        }
        app.create_user(UserRole::Teacher).await;
        for (query, names, total) in [
            ("", &["A admin", "Ada 100%", "Bob", "Cleo", "A teacher"][..], 5),
            ("role=student", &["Ada 100%", "Bob", "Cleo"], 3),
            ("role=student&limit=1&offset=1", &["Bob"], 3),
            ("role=student&offset=3", &[], 3),
            ("grade_level=7", &["Ada 100%", "Bob"], 2),
            ("search=CLEO", &["Cleo"], 1),
            ("search=0%25", &["Ada 100%"], 1),
            ("search=%25", &["Ada 100%"], 1),
            ("search=EXAMPLE.org&grade_level=8", &["Cleo"], 1),
            ("active=false", &[], 0),
        ] {
            let path = format!("/api/v1/users?{query}");
            let list = app.get(&path).token(&admin.token).await.expect(200);
            let found: Vec<_> = list["items"].as_array().unwrap().iter().map(|item| item["name"].clone()).collect();
            assert_eq!((found, &list["total"]), (names.iter().map(|name| json!(name)).collect(), &json!(total)), "{query}");
        }
        let bad = app.get("/api/v1/users?limit=101&offset=-1").token(&admin.token).await;
        assert_eq!(bad.invalid_fields(), ["limit", "offset"]);
        for query in ["role=king", "grade_level=seven", "active=maybe", "limit=ten"] {
            app.get(&format!("/api/v1/users?{query}")).token(&admin.token).await.problem(400);
        }
    }

    async fn a_new_role_applies_to_the_next_request(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let student = app.create_user(UserRole::Student).await;
        app.get("/api/v1/users").token(&student.token).await.problem(403);
        let path = format!("/api/v1/users/{}/role", student.id);
        let user = app.put(&path).token(&admin.token).json(json!({ "role": "admin" })).await.expect(200);
        assert_eq!(user["role"], "admin");
        app.get("/api/v1/users").token(&student.token).await.expect(200);
        let bad = app.put(&path).token(&admin.token).json(json!({ "role": "king" })).await.problem(422);
        assert!(!bad.to_string().contains("RoleName"), "the detail contains the name of a Rust type: {bad}");
    }

    async fn the_last_admin_cannot_be_demoted_or_deactivated(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let path = format!("/api/v1/users/{}", admin.id);
        let role = format!("{path}/role");
        let demote = || app.put(&role).token(&admin.token).json(json!({ "role": "teacher" }));
        demote().await.problem(409);
        app.delete(&path).token(&admin.token).await.problem(409);
        app.create_user(UserRole::Admin).await;
        demote().await.expect(200);
    }

    async fn deactivation_is_idempotent_and_keeps_the_account(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let student = app.create_user(UserRole::Student).await;
        let path = format!("/api/v2/users/{}", student.id);
        for _ in 0..2 {
            app.delete(&path).token(&admin.token).await.expect(204);
        }
        let shown = app.get(&path).token(&admin.token).await.expect(200);
        assert!(shown["deactivated_at"].is_string(), "{shown}");
        let list = app.get("/api/v1/users?active=false").token(&admin.token).await.expect(200);
        assert_eq!(list["items"][0]["id"], student.id);
        app.delete("/api/v1/users/4711").token(&admin.token).await.problem(404);
        assert_eq!(app.delete("/api/v1/users/me").token(&admin.token).await.status, 405);
    }
}
