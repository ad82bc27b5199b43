//! Tests of authentication, and of the information that error responses reveal.

use std::{
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::Duration,
};

use inject_runtime::{Routes, get, routes};
use jiff::Timestamp;
use jsonwebtoken::{Algorithm, EncodingKey, Header};
use learning_platform::{
    app::App,
    core::security::{CurrentUser, Tokens, UserRole},
};
use secrecy::ExposeSecret as _;
use serde_json::{Value, json};
use sqlx::{AnyPool, any::AnyPoolOptions};

use crate::{
    on_each_database,
    support::{Account, Database, TestApp},
};

const ME: &str = "/api/v1/users/me";

/// Returns the claims of a valid token of `account`.
fn claims(account: &Account) -> Value {
    let now = Timestamp::now().as_second();
    json!({ "iss": "learning-platform", "sub": account.id.to_string(), "iat": now, "exp": now + 60, "jti": "1" })
}

fn sign(db: &Database, algorithm: Algorithm, claims: &Value) -> String {
    let key = EncodingKey::from_secret(db.settings.auth.secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// Replaces one of the three parts of a token.
fn with_part(token: &str, index: usize, part: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[index] = part;
    parts.join(".")
}

on_each_database! {
    async fn requests_without_a_valid_bearer_token_are_rejected(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.create_user(UserRole::Student).await;
        let answer = app.get(ME).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.problem(401);
        for value in ["Bearer", "Bearer ", "Basic YWRhOmFkYQ==", &account.token, "Bearer a b", "Bearer ä"] {
            app.get(ME).header("authorization", value).await.problem(401);
        }
        app.get(ME).token(&account.token).await.expect(200);
    }

    async fn all_invalid_tokens_get_the_same_response(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.create_user(UserRole::Student).await;
        let closed = app.create_user(UserRole::Student).await;
        let admin = app.create_user(UserRole::Admin).await;
        app.delete(&format!("/api/v1/users/{}", closed.id)).token(&admin.token).await.expect(204);

        let good = claims(&account);
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            sign(&db, Algorithm::HS256, &changed)
        };
        let without = |name: &str| {
            let mut changed = good.clone();
            changed.as_object_mut().unwrap().remove(name);
            sign(&db, Algorithm::HS256, &changed)
        };
        let token = sign(&db, Algorithm::HS256, &good);
        app.get(ME).token(&token).await.expect(200);

        let others = EncodingKey::from_secret(b"the secret of another issuer with 32 characters");
        let past = Timestamp::now().as_second() - 60;
        // {"alg":"none","typ":"JWT"}
        let none = with_part(&token, 0, "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0");
        // {"alg":"RS256","typ":"JWT"}
        let swapped = with_part(&token, 0, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
        // The payload of a token of the admin, with the signature of a token of the student.
        let payload = sign(&db, Algorithm::HS256, &claims(&admin));
        let payload = payload.split('.').nth(1).unwrap();
        let bad = [
            ("bad signature", jsonwebtoken::encode(&Header::default(), &good, &others).unwrap()),
            ("no signature", with_part(&token, 2, "")),
            ("another payload", with_part(&token, 1, payload)),
            ("expired", with("exp", json!(past))),
            ("alg none", none.clone()),
            ("alg none, no signature", with_part(&none, 2, "")),
            ("algorithm swapped", swapped),
            ("another algorithm", sign(&db, Algorithm::HS512, &good)),
            ("unknown subject", with("sub", json!("4711"))),
            ("deactivated subject", sign(&db, Algorithm::HS256, &claims(&closed))),
            ("subject that is not a number", with("sub", json!("ada"))),
            ("no subject", without("sub")),
            ("another issuer", with("iss", json!("another-issuer"))),
            ("no issuer", without("iss")),
            ("no expiry", without("exp")),
            ("not a JWT", "mF_9.B5f-4.1JqM".to_owned()),
        ];
        let mut answers = Vec::new();
        for (name, token) in bad {
            let answer = app.get(ME).token(&token).await;
            assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"", "{name}");
            let mut headers = answer.headers.clone();
            // These headers differ between any two requests.
            for header in ["x-request-id", "x-process-time"] {
                headers.remove(header);
            }
            answers.push((name, headers, answer.problem(401)));
        }
        let (_, headers, problem) = &answers[0];
        assert_eq!(*problem, json!({ "title": "Unauthorized", "status": 401 }));
        for (name, other_headers, other) in &answers {
            assert_eq!((other_headers, other), (headers, problem), "{name}");
        }
    }

    /// The response time does not differ either, because no query is sent to the database.
    async fn an_invalid_token_acquires_no_connection(db: Database) {
        let (app, taken) = count_connections(&db).await;
        app.get(ME).token("mF_9.B5f-4.1JqM").await.problem(401);
        app.put("/api/v1/users/1/role").await.problem(401);
        assert_eq!(taken.load(Ordering::Relaxed), 0);
    }

    async fn without_the_role_no_other_parameter_is_extracted(db: Database) {
        let student = TestApp::new(&db).await.create_user(UserRole::Student).await;
        let (app, taken) = count_connections(&db).await;
        for path in ["/api/v1/users?limit=many", "/api/v1/users"] {
            app.get(path).token(&student.token).await.problem(403);
        }
        let put = app.put("/api/v1/users/seven/role").token(&student.token);
        put.body("application/json", "{ not even JSON").await.problem(403);
        assert_eq!(taken.load(Ordering::Relaxed), 3, "one query for each authentication, and no other");
    }

    async fn a_guard_and_a_proof_load_the_user_once(db: Database) {
        let admin = TestApp::new(&db).await.create_user(UserRole::Admin).await;
        let (app, taken) = count_connections(&db).await;
        app.get("/api/v1/users").token(&admin.token).await.expect(200);
        assert_eq!(taken.load(Ordering::Relaxed), 2, "the user, and the list");
        app.get(ME).token(&admin.token).await.expect(200);
        assert_eq!(taken.load(Ordering::Relaxed), 3, "the user");
    }

    async fn an_optional_user_is_none_without_credentials(db: Database) {
        let app = TestApp::with_routes(&db, |builder| builder, |routes| routes.merge(greeting_routes())).await;
        let account = app.create_user(UserRole::Student).await;
        assert_eq!(app.get("/greeting").await.expect(200), json!("hello"));
        let greeting = app.get("/greeting").token(&account.token).await.expect(200);
        assert_eq!(greeting, json!(format!("hello {}", account.id)));
        // Invalid credentials are rejected instead of treated as missing.
        app.get("/greeting").token("mF_9.B5f-4.1JqM").await.problem(401);
    }

    async fn an_expired_token_is_accepted_within_the_leeway(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.create_user(UserRole::Student).await;
        let then = Timestamp::now() - db.settings.auth.access_lifetime;
        let tokens: Arc<Tokens> = app.container.resolve();
        let issued = |then| tokens.issue(account.id, then).unwrap();
        app.get(ME).token(issued(then).expose()).await.expect(200);
        app.get(ME).token(issued(then - Duration::from_secs(30)).expose()).await.problem(401);
    }
}

/// Greets the user, if the request is authenticated.
#[get("/greeting", public)]
async fn greet(user: Option<CurrentUser>) -> axum::Json<String> {
    axum::Json(user.map_or("hello".to_owned(), |user| format!("hello {}", user.id)))
}

fn greeting_routes() -> Routes<App> {
    routes![greet]
}

/// Creates the application, and returns a counter of the acquired connections.
async fn count_connections(db: &Database) -> (TestApp, Arc<AtomicUsize>) {
    let taken = Arc::new(AtomicUsize::new(0));
    let counter = Arc::clone(&taken);
    let url = db.settings.database.url.expose_secret();
    let pool: AnyPool = AnyPoolOptions::new()
        .max_connections(1)
        .before_acquire(move |_, _| {
            counter.fetch_add(1, Ordering::Relaxed);
            Box::pin(std::future::ready(Ok(true)))
        })
        .connect(url)
        .await
        .expect("the database exists");
    let app = TestApp::new(&Database { pool, settings: Arc::clone(&db.settings) }).await;
    taken.store(0, Ordering::Relaxed);
    (app, taken)
}
