//! Tests of versions of the API, selected by URL and by header.

use learning_platform::core::security::UserRole;
use serde_json::Value;

use crate::{
    on_each_database,
    support::{Database, TestApp, TestResponse},
};

/// Path of the own account, whose representation differs between the versions.
const BY_URL: [&str; 2] = ["/api/v1/users/me", "/api/v2/users/me"];
const WITHOUT: &str = "/api/users/me";

fn vary(answer: &TestResponse) -> String {
    let values = answer.headers.get_all("vary").iter();
    values.map(|value| value.to_str().expect("text")).collect::<Vec<_>>().join(", ")
}

on_each_database! {
    async fn the_header_and_the_url_select_the_same_versions(db: Database) {
        let app = TestApp::new(&db).await;
        let teacher = app.create_user(UserRole::Teacher).await;
        let get = |path, version: Option<&str>| {
            let request = app.get(path).token(&teacher.token);
            match version {
                Some(version) => request.header("api-version", version),
                None => request,
            }
        };
        let first = get(BY_URL[0], None).await.expect(200);
        let second = get(BY_URL[1], None).await.expect(200);
        assert_ne!(first, second, "the versions differ");

        assert_eq!(get(WITHOUT, None).await.expect(200), first, "version 1 is the default");
        assert_eq!(get(WITHOUT, Some("1")).await.expect(200), first);
        assert_eq!(get(WITHOUT, Some("2")).await.expect(200), second);
        assert_eq!(get(BY_URL[1], Some("2")).await.expect(200), second);
    }

    async fn responses_that_depend_on_the_header_vary_by_it(db: Database) {
        let app = TestApp::new(&db).await;
        assert!(vary(&app.get(WITHOUT).await).contains("api-version"));
        assert!(vary(&app.get(WITHOUT).header("api-version", "2").await).contains("api-version"));
        assert!(!vary(&app.get(BY_URL[0]).await).contains("api-version"));
    }

    async fn unknown_and_contradictory_versions_are_rejected(db: Database) {
        let app = TestApp::new(&db).await;
        let detail = |problem: Value| problem["detail"].as_str().expect("text").to_owned();
        for unknown in ["3", "0", "02", "v2", "latest", "", "2, 1"] {
            let problem = app.get(WITHOUT).header("api-version", unknown).await.problem(400);
            assert_eq!(detail(problem), "unknown api-version: the versions are 1 and 2", "{unknown:?}");
        }
        let problem = app.get(BY_URL[0]).header("api-version", "2").await.problem(400);
        assert_eq!(detail(problem), "the path selects version 1, but the header api-version selects version 2");
        // A URL with an unknown version is answered with 404, like any other unknown path.
        app.get("/api/v3/users/me").await.problem(404);
        app.get("/api/v3/users/me").header("api-version", "2").await.problem(400);
    }

    async fn the_rest_of_the_url_is_unchanged(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let path = "/api/users?limit=1&offset=0&search=%C3%A9%2F%3F";
        let page = app.get(path).token(&admin.token).header("api-version", "2").await.expect(200);
        assert_eq!(page["limit"], 1);
        // Paths without a version.
        app.get("/api/openapi.json").header("api-version", "2").await.expect(200);
        app.get("/ready").header("api-version", "7").await.expect(204);
        app.get("/api").await.problem(404);
        app.get("/apis/users/me").await.problem(404);
    }
}
