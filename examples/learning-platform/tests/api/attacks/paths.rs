//! Paths and methods that could get around a check.

use axum::http::Method;
use learning_platform::core::security::UserRole;
use serde_json::json;

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

on_each_database! {
    /// A path that the router does not know is not the path that it resembles.
    async fn other_spellings_of_a_path_are_unknown(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let student = app.create_user(UserRole::Student).await;
        app.get("/api/v1/users").token(&admin.token).await.expect(200);
        for path in [
            "/api/v1/users/",
            "/api/v1//users",
            "//api/v1/users",
            "/api//v1/users",
            "/api/v1/./users",
            "/api/v1/chapters/../users",
            "/api/v1/%2e%2e/v1/users",
            "/api/v1/%2E/users",
            "/api/v1%2fusers",
            "/api/v1%5cusers",
            "/api/v1/users%2f",
            "/api/v1/users%00",
            "/api/v1/users;a=b",
            "/api/v1/USERS",
            "/API/v1/users",
            "/api/v1/user%73/",
        ] {
            for token in [&admin.token, &student.token] {
                app.get(path).token(token).await.problem(404);
            }
            app.get(path).await.problem(404);
        }
    }

    /// The second slash is encoded, so it is part of the parameter.
    async fn an_encoded_path_is_a_parameter(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        for id in ["%2e%2e%2f1", "1%2frole", "%2e%2e", "..", "%00", "%ff", "1%20", "+1x", "0x1", "1e0", "99999999999999999999", "%31%2f"] {
            app.get(&format!("/api/v1/users/{id}")).token(&admin.token).await.problem(400);
            // The check of the role comes before the parameter.
            app.put(&format!("/api/v1/users/{id}/role")).json(json!({ "role": "admin" })).await.problem(401);
        }
    }

    async fn the_method_is_the_one_of_the_request(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_user(UserRole::Student).await;
        let path = format!("/api/v1/users/{}", student.id);
        for header in ["x-http-method-override", "x-http-method", "x-method-override"] {
            let answer = app.get(&path).token(&student.token).header(header, "DELETE").await;
            assert_eq!(answer.expect(200)["active"], true);
            app.post(&path).token(&student.token).header(header, "DELETE").await.problem(405);
        }
        let query = format!("{path}?_method=DELETE&method=DELETE");
        assert_eq!(app.get(&query).token(&student.token).await.expect(200)["active"], true);
        for method in ["TRACE", "CONNECT", "PROPFIND", "get", "DELETE\u{1}"] {
            let Ok(method) = Method::from_bytes(method.as_bytes()) else { continue };
            app.request(method, &path).token(&student.token).await.problem(405);
        }
        app.get(&path).token(&student.token).await.expect(200);
    }

    async fn a_head_request_is_guarded_as_the_get_request_is(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_user(UserRole::Student).await;
        let head = |token: Option<&str>| {
            let request = app.request(Method::HEAD, "/api/v1/users");
            match token {
                Some(token) => request.token(token),
                None => request,
            }
        };
        assert_eq!(head(None).await.status, 401);
        assert_eq!(head(Some(&student.token)).await.status, 403);
    }

    async fn a_browser_frames_no_page_and_guesses_no_type(db: Database) {
        let app = TestApp::new(&db).await;
        for path in ["/docs/", "/docs/swagger-ui.css", "/api/openapi.json", "/health", "/api/v1/users/me", "/nothing/here"] {
            let answer = app.get(path).await;
            assert_eq!(answer.header("x-content-type-options"), "nosniff", "{path}");
            assert_eq!(answer.header("x-frame-options"), "DENY", "{path}");
            assert_eq!(answer.header("referrer-policy"), "no-referrer", "{path}");
            let cache = if path.contains("docs") || path.contains("openapi") { "no-cache" } else { "no-store" };
            assert_eq!(answer.header("cache-control"), cache, "{path}");
            let policy = answer.header("content-security-policy");
            assert!(policy.contains("default-src 'none'") && policy.contains("frame-ancestors 'none'"), "{path}: {policy}");
            assert!(!policy.contains("script-src 'unsafe") && !policy.contains('*'), "{path}: {policy}");
        }
        // The page loads its scripts, which are files of their own: the policy allows no inline script.
        let page = app.get("/docs/").await;
        assert!(page.header("content-security-policy").contains("script-src 'self'"));
        let scripts = page.text().matches("<script").count();
        assert_eq!(page.text().matches("<script src=").count(), scripts, "{}", page.text());
        assert!(scripts > 0);
    }
}
