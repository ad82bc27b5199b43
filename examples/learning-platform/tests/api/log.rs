//! Tests of the content of the log.

use std::{
    env, io,
    process::Command,
    sync::{Arc, Mutex},
};

use serde_json::json;

use crate::support::{Database, TestApp};

/// Variable that is set in the process whose log is checked.
const LOG_PROCESS: &str = "LEARNING_PLATFORM_LOG_PROCESS";

const PASSWORD: &str = "correct horse battery";

/// Writer that keeps the log in memory.
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<u8>>>);

impl io::Write for Log {
    fn write(&mut self, bytes: &[u8]) -> io::Result<usize> {
        self.0.lock().unwrap().write(bytes)
    }

    fn flush(&mut self) -> io::Result<()> {
        Ok(())
    }
}

/// Runs in a separate process, because all tests of a process share one log.
#[test]
fn the_log_contains_no_secrets() {
    let program = env::current_exe().expect("this program");
    let process = Command::new(program)
        .args(["--exact", "log::the_process_whose_log_is_checked", "--nocapture", "--test-threads=1"])
        .env(LOG_PROCESS, "1")
        .output()
        .expect("a process");
    let text = String::from_utf8_lossy(&process.stdout);
    assert!(process.status.success(), "{text}{}", String::from_utf8_lossy(&process.stderr));
    assert!(text.contains("the log was checked"), "{text}");
}

/// Does nothing in the process of the other tests.
#[tokio::test]
async fn the_process_whose_log_is_checked() {
    if env::var_os(LOG_PROCESS).is_none() {
        return;
    }
    let log = Log::default();
    let writer = log.clone();
    tracing_subscriber::fmt()
        .with_max_level(tracing::Level::TRACE)
        .with_writer(move || writer.clone())
        .init();
    Database::sqlite(async |db| {
        let app = TestApp::new(&db).await;
        let post = async |path: &str, body| app.post(&format!("/api/v1/auth/{path}")).json(body).await;
        let ada = json!({ "email": "ada@example.org", "name": "Ada", "password": PASSWORD });
        let credentials = json!({ "email": "ada@example.org", "password": PASSWORD });
        let registered = post("register", ada.clone()).await;
        let session = post("login", credentials.clone()).await;
        let bodies = [
            post("register", ada).await,
            post("register", json!({ "email": "ada", "name": "Ada", "password": PASSWORD })).await,
            post("register", json!({ "password": PASSWORD })).await,
            post("login", json!({ "email": "eve@example.org", "password": PASSWORD })).await,
            post("login", json!({ "email": "ada@example.org", "password": [PASSWORD] })).await,
            registered,
        ];
        let session = session.expect(200);
        let refresh = json!({ "refresh_token": session["refresh_token"] });
        let next = post("refresh", refresh.clone()).await.expect(200);
        post("refresh", refresh).await.problem(401);
        let access = next["access_token"].as_str().unwrap();
        app.get("/api/v1/users/me").token(access).await.expect(200);
        app.get("/api/v1/users/me").token(&format!("{access}x")).await.problem(401);
        // All queries fail from here on.
        app.pool.close().await;
        post("login", credentials).await.problem(503);
        app.drain().await;

        let text = String::from_utf8(log.0.lock().unwrap().clone()).unwrap();
        for expected in ["refresh token reused", "INSERT INTO refresh_tokens", "closed pool"] {
            assert!(text.contains(expected), "{expected:?} should be in the log: {text}");
        }
        let mut secrets = vec![PASSWORD.to_owned(), "$argon2id$".to_owned()];
        for session in [&session, &next] {
            for name in ["access_token", "refresh_token"] {
                secrets.push(session[name].as_str().unwrap().to_owned());
            }
        }
        for secret in secrets {
            assert!(!text.contains(&secret), "{secret:?} is in the log");
            for answer in &bodies {
                assert!(!answer.text().contains(&secret), "{secret:?}: {}", answer.request);
            }
        }
    })
    .await;
    println!("the log was checked");
}
