//! Users: who may see and change whom.

use learning_platform::{core::security::UserRole, models::user::NewUser};
use serde_json::{Value, json};

use crate::{
    on_each_database,
    support::{Database, TestApp, new_user},
};

on_each_database! {
    async fn who_may_what(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        let teacher = app.as_user(UserRole::Teacher).await;
        let student = app.as_user(UserRole::Student).await;
        let other = app.as_user(UserRole::Student).await;
        let (shown, role) = (format!("/api/v1/users/{}", other.id), format!("/api/v1/users/{}/role", other.id));
        let body = json!({ "role": "student" });
        // What an admin, a teacher, a student and nobody are answered.
        let expected: [(&str, &str, Option<Value>, [u16; 4]); 6] = [
            ("GET", "/api/v1/users", None, [200, 403, 403, 401]),
            ("GET", &shown, None, [200, 200, 403, 401]),
            ("GET", "/api/v1/users/4711", None, [404, 404, 403, 401]),
            ("PATCH", "/api/v1/users/me", Some(json!({})), [200, 200, 200, 401]),
            ("PUT", &role, Some(body), [200, 403, 403, 401]),
            ("DELETE", &shown, None, [204, 403, 403, 401]),
        ];
        let somebody = [Some(&admin), Some(&teacher), Some(&student), None];
        for (method, path, body, statuses) in expected {
            // The admin last, who really does it.
            for (who, status) in somebody.iter().zip(statuses).rev() {
                let mut request = app.request(method.parse().unwrap(), path);
                if let Some(account) = who {
                    request = request.token(&account.token);
                }
                if let Some(body) = &body {
                    request = request.json(body.clone());
                }
                let answer = request.await;
                let role = who.map(|it| it.user.role);
                assert_eq!(answer.status, status, "{role:?}: {} {}", answer.asked, answer.text());
                if status >= 400 {
                    answer.problem(status);
                }
            }
        }
    }

    async fn a_student_sees_themselves(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.as_student_of(7).await;
        let path = format!("/api/v1/users/{}", student.id);
        let shown = app.get(&path).token(&student.token).await.expect(200);
        let expected = json!({
            "id": student.id, "email": student.user.email, "name": "A student", "role": "student",
            "grade_level": 7, "active": true, "created_at": student.user.created_at,
        });
        assert_eq!(shown, expected);
        assert_eq!(app.get("/api/v1/auth/me").token(&student.token).await.expect(200), expected);

        let path = format!("/api/v2/users/{}", student.id);
        let shown = app.get(&path).token(&student.token).await.expect(200);
        let expected = json!({
            "id": student.id, "email": student.user.email, "display_name": "A student", "role": "student",
            "school": { "grade_level": 7 }, "created_at": student.user.created_at, "deactivated_at": null,
        });
        assert_eq!(shown, expected);
    }

    async fn what_is_left_out_is_not_changed(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.as_student_of(7).await;
        let change = async |body: Value| app.patch("/api/v1/users/me").token(&student.token).json(body).await;
        let changed = change(json!({ "name": "Ada" })).await.expect(200);
        assert_eq!((&changed["name"], &changed["grade_level"]), (&json!("Ada"), &json!(7)));
        let changed = change(json!({ "grade_level": 8 })).await.expect(200);
        assert_eq!((&changed["name"], &changed["grade_level"]), (&json!("Ada"), &json!(8)));
        let bad = json!({ "name": "\u{7}", "grade_level": 0 });
        assert_eq!(change(bad).await.invalid_fields(), ["grade_level", "name"]);
        change(json!({ "role": "admin" })).await.problem(422);
    }

    async fn admins_find_users(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        for (name, grade_level) in [("Ada 100%", 7), ("Bob", 7), ("Cleo", 8)] {
            let new = NewUser { name: name.to_owned(), grade_level: Some(grade_level), ..new_user(UserRole::Student) };
            app.account(new).await;
        }
        app.as_user(UserRole::Teacher).await;
        for (query, names, total) in [
            ("", &["A admin", "Ada 100%", "Bob", "Cleo", "A teacher"][..], 5),
            ("role=student", &["Ada 100%", "Bob", "Cleo"], 3),
            ("role=student&limit=1&offset=1", &["Bob"], 3),
            ("role=student&offset=3", &[], 3),
            ("grade_level=7", &["Ada 100%", "Bob"], 2),
            ("search=ADA", &["Ada 100%"], 1),
            ("search=0%25", &["Ada 100%"], 1),
            ("search=%25", &["Ada 100%"], 1),
            ("search=EXAMPLE.org&grade_level=8", &["Cleo"], 1),
            ("active=false", &[], 0),
        ] {
            let path = format!("/api/v1/users?{query}");
            let list = app.get(&path).token(&admin.token).await.expect(200);
            let found: Vec<_> = list["items"].as_array().unwrap().iter().map(|it| it["name"].clone()).collect();
            assert_eq!((found, &list["total"]), (names.iter().map(|it| json!(it)).collect(), &json!(total)), "{query}");
        }
        let bad = app.get("/api/v1/users?limit=101&offset=-1").token(&admin.token).await;
        assert_eq!(bad.invalid_fields(), ["limit", "offset"]);
        for query in ["role=king", "grade_level=seven", "active=maybe", "limit=ten"] {
            app.get(&format!("/api/v1/users?{query}")).token(&admin.token).await.problem(400);
        }
    }

    async fn a_role_counts_from_the_next_request_on(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        let student = app.as_user(UserRole::Student).await;
        app.get("/api/v1/users").token(&student.token).await.problem(403);
        let path = format!("/api/v1/users/{}/role", student.id);
        let user = app.put(&path).token(&admin.token).json(json!({ "role": "admin" })).await.expect(200);
        assert_eq!(user["role"], "admin");
        app.get("/api/v1/users").token(&student.token).await.expect(200);
        let bad = app.put(&path).token(&admin.token).json(json!({ "role": "king" })).await.problem(422);
        assert!(!bad.to_string().contains("RoleName"), "a type of ours: {bad}");
    }

    async fn the_last_admin_stays(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        let path = format!("/api/v1/users/{}", admin.id);
        let role = format!("{path}/role");
        let demote = || app.put(&role).token(&admin.token).json(json!({ "role": "teacher" }));
        demote().await.problem(409);
        app.delete(&path).token(&admin.token).await.problem(409);
        app.as_user(UserRole::Admin).await;
        demote().await.expect(200);
    }

    async fn a_deactivated_account_stays_as_it_is(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        let student = app.as_user(UserRole::Student).await;
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
