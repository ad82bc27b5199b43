//! Versions of the API, by URL and by header.

use learning_platform::core::security::UserRole;
use serde_json::Value;

use crate::{
    on_each_database,
    support::{Answer, Database, TestApp},
};

/// The own account, which version 2 shows in another way.
const BY_URL: [&str; 2] = ["/api/v1/auth/me", "/api/v2/auth/me"];
const WITHOUT: &str = "/api/auth/me";

fn vary(answer: &Answer) -> String {
    let values = answer.headers.get_all("vary").iter();
    values.map(|it| it.to_str().expect("text")).collect::<Vec<_>>().join(", ")
}

on_each_database! {
    async fn the_header_selects_what_the_url_does(db: Database) {
        let app = TestApp::new(&db).await;
        let teacher = app.as_user(UserRole::Teacher).await;
        let get = |path, version: Option<&str>| {
            let request = app.get(path).token(&teacher.token);
            match version {
                Some(version) => request.header("api-version", version),
                None => request,
            }
        };
        let first = get(BY_URL[0], None).await.expect(200);
        let second = get(BY_URL[1], None).await.expect(200);
        assert_ne!(first, second, "else this test would show nothing");

        assert_eq!(get(WITHOUT, None).await.expect(200), first, "version 1 stays what those get who do not say");
        assert_eq!(get(WITHOUT, Some("1")).await.expect(200), first);
        assert_eq!(get(WITHOUT, Some("2")).await.expect(200), second);
        assert_eq!(get(BY_URL[1], Some("2")).await.expect(200), second);
    }

    async fn caches_are_told_what_an_answer_depends_on(db: Database) {
        let app = TestApp::new(&db).await;
        assert!(vary(&app.get(WITHOUT).await).contains("api-version"));
        assert!(vary(&app.get(WITHOUT).header("api-version", "2").await).contains("api-version"));
        assert!(!vary(&app.get(BY_URL[0]).await).contains("api-version"));
    }

    async fn what_is_not_clear_is_refused(db: Database) {
        let app = TestApp::new(&db).await;
        let detail = |problem: Value| problem["detail"].as_str().expect("text").to_owned();
        for unknown in ["3", "0", "02", "v2", "latest", "", "2, 1"] {
            let problem = app.get(WITHOUT).header("api-version", unknown).await.problem(400);
            assert_eq!(detail(problem), "there is no such api-version: there are 1 and 2", "{unknown:?}");
        }
        let problem = app.get(BY_URL[0]).header("api-version", "2").await.problem(400);
        assert_eq!(detail(problem), "the path asks for version 1, and the header api-version for 2");
        // A version that is not there is not found, as any other path.
        app.get("/api/v3/auth/me").await.problem(404);
        app.get("/api/v3/auth/me").header("api-version", "2").await.problem(400);
    }

    async fn the_rest_of_the_url_is_left_alone(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.as_user(UserRole::Admin).await;
        let path = "/api/users?limit=1&offset=0&search=%C3%A9%2F%3F";
        let page = app.get(path).token(&admin.token).header("api-version", "2").await.expect(200);
        assert_eq!(page["limit"], 1);
        // Not versioned.
        app.get("/api/openapi.json").header("api-version", "2").await.expect(200);
        app.get("/ready").header("api-version", "7").await.expect(204);
        app.get("/api").await.problem(404);
        app.get("/apis/auth/me").await.problem(404);
    }
}
