//! Who is let in, and what the others learn.

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

const ME: &str = "/api/v1/auth/me";

/// What a good token of `account` says.
fn claims(account: &Account) -> Value {
    let now = Timestamp::now().as_second();
    json!({ "iss": "learning-platform", "sub": account.id.to_string(), "iat": now, "exp": now + 60, "jti": "1" })
}

fn signed(db: &Database, algorithm: Algorithm, claims: &Value) -> String {
    let key = EncodingKey::from_secret(db.settings.auth.secret.expose_secret().as_bytes());
    jsonwebtoken::encode(&Header::new(algorithm), claims, &key).unwrap()
}

/// The same token, with one of its three parts replaced.
fn with_part(token: &str, index: usize, part: &str) -> String {
    let mut parts: Vec<_> = token.split('.').collect();
    parts[index] = part;
    parts.join(".")
}

on_each_database! {
    async fn a60_without_a_bearer_nobody_is_let_in(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.as_user(UserRole::Student).await;
        let answer = app.get(ME).await;
        assert_eq!(answer.header("www-authenticate"), "Bearer");
        answer.problem(401);
        for value in ["Bearer", "Bearer ", "Basic YWRhOmFkYQ==", &account.token, "Bearer a b", "Bearer ä"] {
            app.get(ME).header("authorization", value).await.problem(401);
        }
        app.get(ME).token(&account.token).await.expect(200);
    }

    async fn a62_tokens_that_are_no_good_are_all_the_same(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.as_user(UserRole::Student).await;
        let closed = app.as_user(UserRole::Student).await;
        let admin = app.as_user(UserRole::Admin).await;
        app.delete(&format!("/api/v1/users/{}", closed.id)).token(&admin.token).await.expect(204);

        let good = claims(&account);
        let with = |name: &str, value: Value| {
            let mut changed = good.clone();
            changed[name] = value;
            signed(&db, Algorithm::HS256, &changed)
        };
        let without = |name: &str| {
            let mut changed = good.clone();
            changed.as_object_mut().unwrap().remove(name);
            signed(&db, Algorithm::HS256, &changed)
        };
        let token = signed(&db, Algorithm::HS256, &good);
        app.get(ME).token(&token).await.expect(200);

        let others = EncodingKey::from_secret(b"the secret of somebody else, who has one as well");
        let past = Timestamp::now().as_second() - 60;
        // {"alg":"none","typ":"JWT"}
        let none = with_part(&token, 0, "eyJhbGciOiJub25lIiwidHlwIjoiSldUIn0");
        // {"alg":"RS256","typ":"JWT"}
        let swapped = with_part(&token, 0, "eyJhbGciOiJSUzI1NiIsInR5cCI6IkpXVCJ9");
        // A student who would like to be the admin.
        let payload = signed(&db, Algorithm::HS256, &claims(&admin));
        let payload = payload.split('.').nth(1).unwrap();
        let bad = [
            ("bad signature", jsonwebtoken::encode(&Header::default(), &good, &others).unwrap()),
            ("no signature", with_part(&token, 2, "")),
            ("another payload", with_part(&token, 1, payload)),
            ("expired", with("exp", json!(past))),
            ("alg none", none.clone()),
            ("alg none, no signature", with_part(&none, 2, "")),
            ("algorithm swapped", swapped),
            ("another algorithm", signed(&db, Algorithm::HS512, &good)),
            ("unknown subject", with("sub", json!("4711"))),
            ("deactivated subject", signed(&db, Algorithm::HS256, &claims(&closed))),
            ("subject that is no number", with("sub", json!("ada"))),
            ("no subject", without("sub")),
            ("another issuer", with("iss", json!("somebody"))),
            ("no issuer", without("iss")),
            ("no end", without("exp")),
            ("no token", "mF_9.B5f-4.1JqM".to_owned()),
        ];
        let mut answers = Vec::new();
        for (what, token) in bad {
            let answer = app.get(ME).token(&token).await;
            assert_eq!(answer.header("www-authenticate"), "Bearer error=\"invalid_token\"", "{what}");
            let mut headers = answer.headers.clone();
            // These differ from one request to the next, whatever is in it.
            for of_the_request in ["x-request-id", "x-process-time"] {
                headers.remove(of_the_request);
            }
            answers.push((what, headers, answer.problem(401)));
        }
        let (_, headers, problem) = &answers[0];
        assert_eq!(*problem, json!({ "title": "Unauthorized", "status": 401 }));
        for (what, other_headers, other) in &answers {
            assert_eq!((other_headers, other), (headers, problem), "{what}");
        }
    }

    /// Not even by the time it takes: the database has not been asked.
    async fn a62_a_bad_token_takes_no_connection(db: Database) {
        let (app, taken) = counting(&db).await;
        app.get(ME).token("mF_9.B5f-4.1JqM").await.problem(401);
        app.put("/api/v1/users/1/role").await.problem(401);
        assert_eq!(taken.load(Ordering::Relaxed), 0);
    }

    async fn a63_without_the_role_nothing_else_is_extracted(db: Database) {
        let student = TestApp::new(&db).await.as_user(UserRole::Student).await;
        let (app, taken) = counting(&db).await;
        for path in ["/api/v1/users?limit=many", "/api/v1/users"] {
            app.get(path).token(&student.token).await.problem(403);
        }
        let put = app.put("/api/v1/users/seven/role").token(&student.token);
        put.body("application/json", "{ not even JSON").await.problem(403);
        assert_eq!(taken.load(Ordering::Relaxed), 3, "to look the student up, and nothing more");
    }

    async fn a64_a_guard_and_a_proof_look_the_user_up_once(db: Database) {
        let admin = TestApp::new(&db).await.as_user(UserRole::Admin).await;
        let (app, taken) = counting(&db).await;
        app.get("/api/v1/users").token(&admin.token).await.expect(200);
        assert_eq!(taken.load(Ordering::Relaxed), 2, "the user, and the list");
        app.get(ME).token(&admin.token).await.expect(200);
        assert_eq!(taken.load(Ordering::Relaxed), 3, "the user");
    }

    async fn a61_who_has_no_credentials_is_nobody(db: Database) {
        let app = TestApp::over(&db, |builder| builder, |routes| routes.merge(greetings())).await;
        let account = app.as_user(UserRole::Student).await;
        assert_eq!(app.get("/greeting").await.expect(200), json!("hello"));
        let greeting = app.get("/greeting").token(&account.token).await.expect(200);
        assert_eq!(greeting, json!(format!("hello {}", account.id)));
        // Wrong ones are not the same as none.
        app.get("/greeting").token("mF_9.B5f-4.1JqM").await.problem(401);
    }

    async fn a_token_that_has_just_expired_is_good_for_a_moment(db: Database) {
        let app = TestApp::new(&db).await;
        let account = app.as_user(UserRole::Student).await;
        let then = Timestamp::now() - db.settings.auth.access_lifetime;
        let tokens: Arc<Tokens> = app.container.resolve();
        let issued = |then| tokens.issue(account.id, then).unwrap();
        app.get(ME).token(issued(then).expose()).await.expect(200);
        app.get(ME).token(issued(then - Duration::from_secs(30)).expose()).await.problem(401);
    }
}

/// Says hello, to whoever it is.
#[get("/greeting", public)]
async fn greet(user: Option<CurrentUser>) -> axum::Json<String> {
    axum::Json(user.map_or("hello".to_owned(), |it| format!("hello {}", it.id)))
}

fn greetings() -> Routes<App> {
    routes![greet]
}

/// The application, and how often somebody has taken a connection.
async fn counting(db: &Database) -> (TestApp, Arc<AtomicUsize>) {
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
        .expect("it is there");
    let app = TestApp::new(&Database { pool, settings: Arc::clone(&db.settings) }).await;
    taken.store(0, Ordering::Relaxed);
    (app, taken)
}
