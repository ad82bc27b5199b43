//! Tests of registration, login, refresh and logout.

use std::sync::Arc;

use learning_platform::{adapters::mail::RecordingMailer, core::security::UserRole};
use serde_json::{Value, json};

use crate::{
    on_each_database,
    support::{Database, TestApp, TestResponse},
};

const PASSWORD: &str = "a horse, a battery";

fn ada() -> Value {
    json!({ "email": "Ada@Example.org", "name": "Ada", "password": PASSWORD, "grade_level": 7 })
}

async fn register(app: &TestApp) -> Value {
    app.post("/api/v1/auth/register").json(ada()).await.expect(201)
}

async fn login(app: &TestApp, email: &str, password: &str) -> TestResponse {
    app.post("/api/v1/auth/login").json(json!({ "email": email, "password": password })).await
}

/// Registers Ada and logs her in.
async fn session(app: &TestApp) -> Value {
    register(app).await;
    login(app, "ada@example.org", PASSWORD).await.expect(200)
}

async fn refresh(app: &TestApp, session: &Value) -> TestResponse {
    let token = &session["refresh_token"];
    app.post("/api/v1/auth/refresh").json(json!({ "refresh_token": token })).await
}

async fn me(app: &TestApp, session: &Value) -> TestResponse {
    app.get("/api/v1/users/me").token(session["access_token"].as_str().expect("a token")).await
}

on_each_database! {
    async fn a_registered_user_can_log_in(db: Database) {
        let mailer = Arc::new(RecordingMailer::new());
        let app = TestApp::with(&db, |builder| builder.mailer(mailer.clone())).await;
        let answer = app.post("/api/v1/auth/register").json(ada()).await;
        assert_eq!(answer.header("location"), "/api/v1/users/1");
        let user = answer.expect(201);
        assert_eq!(
            (&user["id"], &user["email"], &user["name"], &user["role"], &user["grade_level"], &user["active"]),
            (&json!(1), &json!("ada@example.org"), &json!("Ada"), &json!("student"), &json!(7), &json!(true)),
        );

        let answer = login(&app, "ADA@example.org", PASSWORD).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let session = answer.expect(200);
        assert_eq!((&session["token_type"], &session["expires_in"]), (&json!("Bearer"), &json!(900)));
        assert_eq!(me(&app, &session).await.expect(200), user);

        app.drain().await;
        let [mail] = &mailer.sent()[..] else { panic!("expected one welcome mail: {:?}", mailer.sent()) };
        assert_eq!(mail.to, "ada@example.org");
        assert!(mail.text.contains("Ada") && !mail.text.contains(PASSWORD), "{mail:?}");
    }

    async fn an_email_can_be_registered_once(db: Database) {
        let mailer = Arc::new(RecordingMailer::new());
        let app = TestApp::with(&db, |builder| builder.mailer(mailer.clone())).await;
        register(&app).await;
        let problem = app.post("/api/v1/auth/register").json(ada()).await.problem(409);
        assert_eq!(problem["detail"], "an account with this email address already exists");
        app.drain().await;
        assert_eq!(mailer.sent().len(), 1, "the failed registration sends no mail");
    }

    async fn a_registration_cannot_choose_a_role(db: Database) {
        let app = TestApp::new(&db).await;
        let mut admin = ada();
        admin["role"] = json!("admin");
        let problem = app.post("/api/v1/auth/register").json(admin).await.problem(422);
        assert!(problem["detail"].as_str().unwrap().contains("unknown field `role`"), "{problem}");
    }

    async fn all_invalid_fields_are_reported(db: Database) {
        let app = TestApp::new(&db).await;
        let bad = json!({ "email": "ada", "name": "", "password": "short", "grade_level": 14 });
        let answer = app.post("/api/v1/auth/register").json(bad).await;
        assert!(!answer.text().contains("short"), "{}", answer.text());
        assert_eq!(answer.invalid_fields(), ["email", "grade_level", "name", "password"]);
        let no_text = json!({ "email": "a@example.org", "name": "Ada", "password": 12_345_678_901_u64 });
        let answer = app.post("/api/v1/auth/register").json(no_text).await;
        assert!(!answer.text().contains("12345678901"), "{}", answer.text());
        answer.problem(422);
    }

    async fn all_invalid_credentials_get_the_same_response(db: Database) {
        let app = TestApp::new(&db).await;
        register(&app).await;
        let closed = app.post("/api/v1/auth/register");
        let id = closed.json(json!({ "email": "eve@example.org", "name": "Eve", "password": PASSWORD })).await;
        let id = id.expect(201)["id"].as_i64().unwrap();
        let admin = app.create_user(UserRole::Admin).await;
        app.delete(&format!("/api/v1/users/{id}")).token(&admin.token).await.expect(204);

        let mut problems = Vec::new();
        for (email, password) in [
            ("ada@example.org", "a house, a battery"),
            ("ada@example.org", ""),
            ("nobody@example.org", PASSWORD),
            ("eve@example.org", PASSWORD),
        ] {
            problems.push(login(&app, email, password).await.problem(401));
        }
        assert_eq!(problems[0]["detail"], "these credentials are not valid");
        assert!(problems.iter().all(|problem| *problem == problems[0]), "{problems:?}");
    }

    async fn each_refresh_returns_a_new_token(db: Database) {
        let app = TestApp::new(&db).await;
        let first = session(&app).await;
        let answer = refresh(&app, &first).await;
        assert_eq!(answer.header("cache-control"), "no-store");
        let second = answer.expect(200);
        let third = refresh(&app, &second).await.expect(200);
        assert_ne!(first["refresh_token"], second["refresh_token"]);
        assert_ne!(second["refresh_token"], third["refresh_token"]);
        me(&app, &third).await.expect(200);
    }

    /// The response is a 401, which rolls back the transaction of the request. The revocation is kept.
    async fn a_reused_refresh_token_revokes_its_family(db: Database) {
        let app = TestApp::new(&db).await;
        let stolen = session(&app).await;
        let other = login(&app, "ada@example.org", PASSWORD).await.expect(200);
        let of_the_owner = refresh(&app, &stolen).await.expect(200);
        refresh(&app, &stolen).await.problem(401);
        refresh(&app, &of_the_owner).await.problem(401);
        refresh(&app, &other).await.expect(200);
    }

    async fn only_one_of_two_concurrent_refreshes_succeeds(db: Database) {
        let app = TestApp::new(&db).await;
        let session = session(&app).await;
        let (one, two) = tokio::join!(refresh(&app, &session), refresh(&app, &session));
        let (good, bad) = if one.status == 200 { (one, two) } else { (two, one) };
        bad.problem(401);
        refresh(&app, &good.expect(200)).await.problem(401);
    }

    async fn an_unknown_refresh_token_is_rejected(db: Database) {
        let app = TestApp::new(&db).await;
        let session = session(&app).await;
        refresh(&app, &json!({ "refresh_token": "x".repeat(43) })).await.problem(401);
        // An access token is rejected too.
        let problem = refresh(&app, &json!({ "refresh_token": session["access_token"] })).await;
        assert_eq!(problem.invalid_fields(), ["refresh_token"]);
    }

    async fn a_logout_ends_the_session(db: Database) {
        let app = TestApp::new(&db).await;
        let first = session(&app).await;
        let second = login(&app, "ada@example.org", PASSWORD).await.expect(200);
        let logout = |token: &Value| app.post("/api/v1/auth/logout").json(json!({ "refresh_token": token }));
        for _ in 0..2 {
            assert_eq!(logout(&first["refresh_token"]).await.status, 204);
        }
        refresh(&app, &first).await.problem(401);
        refresh(&app, &second).await.expect(200);
    }

    async fn a_logout_everywhere_ends_all_sessions(db: Database) {
        let app = TestApp::new(&db).await;
        let first = session(&app).await;
        let second = login(&app, "ada@example.org", PASSWORD).await.expect(200);
        let body = json!({ "refresh_token": first["refresh_token"], "everywhere": true });
        assert_eq!(app.post("/api/v1/auth/logout").json(body).await.status, 204);
        refresh(&app, &first).await.problem(401);
        refresh(&app, &second).await.problem(401);
    }

    async fn a_deactivation_ends_all_sessions(db: Database) {
        let app = TestApp::new(&db).await;
        let session = session(&app).await;
        let admin = app.create_user(UserRole::Admin).await;
        assert_eq!(app.delete("/api/v1/users/1").token(&admin.token).await.status, 204);
        me(&app, &session).await.problem(401);
        refresh(&app, &session).await.problem(401);
    }

    async fn version_2_has_another_representation_of_users(db: Database) {
        let app = TestApp::new(&db).await;
        let answer = app.post("/api/v2/auth/register").json(ada()).await;
        assert_eq!(answer.header("location"), "/api/v2/users/1");
        let user = answer.expect(201);
        assert_eq!((&user["display_name"], &user["school"]), (&json!("Ada"), &json!({ "grade_level": 7 })));
        assert_eq!((user.get("name"), user.get("active")), (None, None));
        let body = json!({ "email": "ada@example.org", "password": PASSWORD });
        let session = app.post("/api/v2/auth/login").json(body).await.expect(200);
        let token = session["access_token"].as_str().unwrap();
        assert_eq!(app.get("/api/v2/users/me").token(token).await.expect(200), user);
    }
}
