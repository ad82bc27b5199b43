//! Forged and malformed credentials.

use axum::http::HeaderValue;
use base64::{Engine as _, prelude::BASE64_URL_SAFE_NO_PAD};
use learning_platform::core::security::UserRole;

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

const ME: &str = "/api/v1/users/me";

on_each_database! {
    /// Which of several headers counts would depend on the programs between the client and the application.
    async fn several_authorization_headers_are_rejected(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_user(UserRole::Student).await;
        let good = format!("Bearer {}", student.token);
        app.get(ME).header("authorization", &good).await.expect(200);
        for (first, second) in [(&*good, &*good), (&good, "Bearer x"), ("Bearer x", &good), ("Basic eDp5", &good)] {
            app.get(ME).header("authorization", first).and_header("authorization", second).await.problem(401);
        }
        let joined = format!("{good}, {good}");
        app.get(ME).header("authorization", &joined).await.problem(401);
    }

    async fn garbage_is_no_token(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_user(UserRole::Student).await;
        let encode = |text: &str| BASE64_URL_SAFE_NO_PAD.encode(text);
        let parts: Vec<_> = student.token.split('.').collect();
        let header = |json: &str| [&*encode(json), parts[1], parts[2]].join(".");
        let long = "a".repeat(60_000);
        let tokens = [
            "", ".", "..", "...", " ", "null", "undefined", "a.b.c", &student.token[1..], &long,
            &format!("{}.", student.token), &format!("{}.x", student.token), &student.token.to_uppercase(),
            &format!("{}=", student.token), &format!("\"{}\"", student.token),
            &header(r#"{"alg":"none"}"#), &header(r#"{"alg":"NONE"}"#), &header(r#"{"alg":"nOnE"}"#), &header(r#"{"alg":""}"#),
            &header(r#"{"alg":null}"#), &header(r#"{"alg":["HS256"]}"#), &header(r#"{"alg":"HS256","alg":"none"}"#),
            &header(r#"{"alg":"HS384"}"#), &header(r#"{"alg":"RS256"}"#), &header(r#"{"alg":"ES256"}"#), &header(r#"{"alg":"EdDSA"}"#),
            // A key in the token itself, or at an address of the attacker.
            &header(r#"{"alg":"HS256","jwk":{"kty":"oct","k":"AAAA"}}"#), &header(r#"{"alg":"HS256","jku":"http://127.0.0.1:9/keys"}"#),
            &header(r#"{"alg":"HS256","kid":"../../../../dev/null"}"#), &header(r#"{"alg":"HS256","kid":"' OR 1=1 --"}"#),
            &header("{"), &header("[]"), &header("\u{0}"),
            &[parts[0], &encode("{}"), parts[2]].join("."), &[parts[0], &encode("[[[[["), parts[2]].join("."),
        ];
        for token in tokens {
            let answer = app.get(ME).token(token).await;
            assert!(!answer.text().contains("alg"), "{}", answer.text());
            answer.problem(401);
        }
        // Bytes that are no text.
        for bytes in [&b"Bearer \xff\xfe"[..], b"\xff", b"Bearer\t\xc3\xa9"] {
            let value = HeaderValue::from_bytes(bytes).expect("allowed in a header");
            app.get(ME).header_value("authorization", value).await.problem(401);
        }
    }

    /// Credentials are accepted in one place only: other places end up in logs, or are sent by browsers on their own.
    async fn a_token_in_another_place_is_ignored(db: Database) {
        let app = TestApp::new(&db).await;
        let token = app.create_user(UserRole::Student).await.token;
        app.get(&format!("{ME}?access_token={token}&token={token}")).await.problem(401);
        for (name, value) in [
            ("cookie", format!("access_token={token}; session={token}")),
            ("proxy-authorization", format!("Bearer {token}")),
            ("x-access-token", token.clone()),
            ("x-api-key", token.clone()),
        ] {
            app.get(ME).header(name, &value).await.problem(401);
        }
    }

    /// Headers by which proxies tell servers behind them who the user is.
    async fn headers_do_not_choose_the_user(db: Database) {
        let app = TestApp::new(&db).await;
        let admin = app.create_user(UserRole::Admin).await;
        let student = app.create_user(UserRole::Student).await;
        for (name, value) in [
            ("x-user-id", admin.id.to_string()),
            ("x-forwarded-user", admin.user.email.clone()),
            ("x-remote-user", admin.user.email.clone()),
            ("x-role", "admin".to_owned()),
            ("x-original-url", ME.to_owned()),
            ("x-rewrite-url", ME.to_owned()),
        ] {
            app.get("/api/v1/users").header(name, &value).await.problem(401);
            app.get("/api/v1/users").token(&student.token).header(name, &value).await.problem(403);
        }
    }
}
