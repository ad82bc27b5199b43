//! Floods of requests that need no authentication.

use std::{
    net::{IpAddr, Ipv4Addr, SocketAddr},
    sync::Arc,
    time::{Duration, Instant},
};

use axum::extract::ConnectInfo;
use futures_util::future::join_all;
use inject_runtime::TrustedProxies;
use learning_platform::{config::AuthSettings, core::security::Passwords};
use serde_json::json;

use crate::{
    on_each_database,
    support::{Database, TestApp, TestRequest, TestResponse},
};

const PASSWORD: &str = "a horse, a battery";

/// Returns the database with other limits.
fn with_limits(db: &Database, change: impl FnOnce(&mut AuthSettings)) -> Database {
    let mut settings = (*db.settings).clone();
    change(Arc::make_mut(&mut settings.auth));
    Database { settings: Arc::new(settings), ..db.clone() }
}

/// Sends a request from another address.
fn from(request: TestRequest, address: impl Into<IpAddr>) -> TestRequest {
    request.extension(ConnectInfo(SocketAddr::new(address.into(), 50_000)))
}

fn address(number: u8) -> Ipv4Addr {
    Ipv4Addr::new(192, 0, 2, number)
}

fn login(app: &TestApp, email: &str, password: &str, number: u8) -> TestRequest {
    let body = json!({ "email": email, "password": password });
    from(app.post("/api/v1/auth/login").json(body), address(number))
}

fn register(app: &TestApp, email: &str, number: u8) -> TestRequest {
    let body = json!({ "email": email, "name": "Ada", "password": PASSWORD });
    from(app.post("/api/v1/auth/register").json(body), address(number))
}

/// Asserts that the response is a 429 with the time to wait.
#[track_caller]
fn assert_limited(answer: TestResponse) {
    let seconds: u64 = answer.header("retry-after").parse().expect("a number");
    assert!((1..=60).contains(&seconds), "{seconds}");
    answer.problem(429);
}

on_each_database! {
    async fn guesses_for_an_account_are_limited_by_address(db: Database) {
        let app = TestApp::new(&db).await;
        for _ in 0..5 {
            login(&app, "nobody@example.org", "a guess", 1).await.problem(401);
        }
        assert_limited(login(&app, "Nobody@Example.org", "a guess", 1).await);
        login(&app, "somebody@example.org", "a guess", 1).await.problem(401);
        login(&app, "nobody@example.org", "a guess", 2).await.problem(401);
    }

    async fn strangers_cannot_lock_an_account(db: Database) {
        let db = with_limits(&db, |limits| limits.login_attempts_per_minute = 1);
        let app = TestApp::new(&db).await;
        register(&app, "ada@example.org", 200).await.expect(201);
        for stranger in 1..=8 {
            login(&app, "ada@example.org", "a guess", stranger).await.problem(401);
            assert_limited(login(&app, "ada@example.org", PASSWORD, stranger).await);
        }
        login(&app, "ada@example.org", PASSWORD, 200).await.expect(200);
    }

    async fn guesses_for_all_accounts_are_limited_by_address(db: Database) {
        let db = with_limits(&db, |limits| limits.login_attempts_per_minute = 1);
        let app = TestApp::new(&db).await;
        for number in 0..10 {
            login(&app, &format!("{number}@example.org"), "a guess", 1).await.problem(401);
        }
        assert_limited(login(&app, "10@example.org", "a guess", 1).await);
        login(&app, "10@example.org", "a guess", 2).await.problem(401);
    }

    /// Headers of proxies are ignored: a client cannot choose its address.
    async fn a_forged_address_has_no_limit_of_its_own(db: Database) {
        let db = with_limits(&db, |limits| limits.login_attempts_per_minute = 1);
        let app = TestApp::new(&db).await;
        login(&app, "ada@example.org", "a guess", 1).await.problem(401);
        for header in ["x-forwarded-for", "x-real-ip", "cf-connecting-ip", "true-client-ip", "x-client-ip"] {
            assert_limited(login(&app, "ada@example.org", "a guess", 1).header(header, "198.51.100.7").await);
        }
        let forwarded = login(&app, "ada@example.org", "a guess", 1).header("forwarded", "for=198.51.100.7");
        assert_limited(forwarded.await);
    }

    /// A proxy that is trusted tells the address of its client, and only the part that it has written counts.
    async fn clients_behind_a_trusted_proxy_have_their_own_limits(db: Database) {
        let db = with_limits(&db, |limits| limits.login_attempts_per_minute = 1);
        let app = TestApp::new(&db).await;
        let proxies = TrustedProxies::x_forwarded_for(["192.0.2.0/24".parse().expect("a network")]);
        let attempt = |forwarded: &str| {
            let request = login(&app, "ada@example.org", "a guess", 1);
            request.header("x-forwarded-for", forwarded).extension(proxies.clone())
        };
        attempt("198.51.100.1").await.problem(401);
        assert_limited(attempt("198.51.100.1").await);
        assert_limited(attempt("203.0.113.9, 198.51.100.1").await);
        attempt("198.51.100.2").await.problem(401);
    }

    async fn registrations_are_limited_by_address(db: Database) {
        let db = with_limits(&db, |limits| limits.registrations_per_minute = 2);
        let app = TestApp::new(&db).await;
        for number in 0..2 {
            register(&app, &format!("{number}@example.org"), 1).await.expect(201);
        }
        assert_limited(register(&app, "2@example.org", 1).await);
        register(&app, "2@example.org", 2).await.expect(201);
    }

    async fn requests_with_refresh_tokens_are_limited_by_address(db: Database) {
        let db = with_limits(&db, |limits| limits.refreshes_per_minute = 3);
        let app = TestApp::new(&db).await;
        let send = |path: &str, number| {
            let body = json!({ "refresh_token": "x".repeat(43) });
            from(app.post(&format!("/api/v1/auth/{path}")).json(body), address(number))
        };
        for _ in 0..2 {
            send("refresh", 1).await.problem(401);
        }
        send("logout", 1).await.expect(204);
        for path in ["refresh", "logout"] {
            assert_limited(send(path, 1).await);
        }
        send("refresh", 2).await.problem(401);
    }

    /// Most of the logins are refused at once, the others get their answers, and other requests are served meanwhile.
    async fn a_flood_of_logins_is_refused_early(db: Database) {
        const FLOOD: u8 = 200;
        let passwords = Arc::new(Passwords::with_limits(1, 4).expect("valid parameters"));
        let app = TestApp::with(&db, |builder| builder.passwords(passwords)).await;
        let attempts = (0..FLOOD).map(|number| login(&app, &format!("{number}@example.org"), "a guess", number));
        let flood = join_all(attempts.map(IntoFuture::into_future));
        let others = async {
            let start = Instant::now();
            for _ in 0..20 {
                app.get("/health").await.expect(204);
                tokio::task::yield_now().await;
            }
            start.elapsed()
        };
        let (answers, elapsed) = tokio::join!(flood, others);
        assert!(elapsed < Duration::from_secs(10), "{elapsed:?}");
        let (mut served, mut refused) = (0, 0);
        for answer in answers {
            if answer.status == 401 {
                served += 1;
                continue;
            }
            assert_eq!(answer.header("retry-after"), "2");
            let problem = answer.problem(503);
            assert_eq!(problem["detail"], "the server is busy: try again in 2 seconds");
            refused += 1;
        }
        assert!(served >= 5, "the queue has five places: {served} were served");
        assert!(refused > 0, "the queue has five places: {served} were served");
        // The queue is empty again.
        register(&app, "ada@example.org", 1).await.expect(201);
        login(&app, "ada@example.org", PASSWORD, 1).await.expect(200);
    }
}
