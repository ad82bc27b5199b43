//! Kills of the process that serves, over a file of `SQLite`.

use std::{
    env, fs,
    io::{self, BufRead as _},
    net::SocketAddr,
    path::{Path, PathBuf},
    process::{self, Child, Command, Stdio},
    time::{Duration, Instant},
};

use inject_runtime::serve;
use sqlx::{
    SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode},
};
use tokio::{net::TcpListener, time::sleep};

use crate::{
    LONG, ROUNDS, not_run,
    writers::{Log, Writers},
};

crate::application!(sqlx::Sqlite);

/// Environment variable of the process that serves: the file.
const FILE: &str = "INJECT_TEST_KILLED_FILE";

async fn open(file: &Path) -> SqlitePool {
    let options = SqliteConnectOptions::new()
        .filename(file)
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .busy_timeout(LONG);
    SqlitePool::connect_with(options).await.expect("a file")
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn server_in_a_process_of_its_own() {
    let Some(file) = env::var_os(FILE) else { return };
    let db = open(Path::new(&file)).await;
    let app = App::builder(AppInputs { db }).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    eprintln!("{}", listener.local_addr().expect("an address"));
    serve(listener, app, all()).await.expect("it is killed");
}

/// The process. It is killed when it is dropped.
struct Server {
    process: Child,
    address: SocketAddr,
}

impl Server {
    fn start(file: &Path) -> Self {
        let mut process = Command::new(env::current_exe().expect("this program"))
            .args(["--exact", "killed::server_in_a_process_of_its_own"])
            .args(["--nocapture", "--test-threads=1"])
            .env(FILE, file)
            .stdout(Stdio::null())
            .stderr(Stdio::piped())
            .spawn()
            .expect("a process");
        let stderr = process.stderr.take().expect("it is piped");
        let mut lines = io::BufReader::new(stderr).lines().map_while(Result::ok);
        let address = lines.find_map(|line| line.parse().ok()).expect("an address");
        Self { process, address }
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        // `SIGKILL`.
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Folder of the file, removed on drop.
struct Folder(PathBuf);

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_the_server_is_killed() {
    if !not_run::slow_tests_run() {
        return;
    }
    let start = Instant::now();
    let folder = Folder(env::temp_dir().join(format!("inject-kills-{}", process::id())));
    fs::create_dir_all(&folder.0).expect("a new folder");
    let file = folder.0.join("database");
    let pool = open(&file).await;
    let tables = "CREATE TABLE first (id INTEGER); CREATE TABLE second (id INTEGER)";
    sqlx::raw_sql(tables).execute(&pool).await.expect("new tables");
    pool.close().await;

    let (log, mut before) = (Log::default(), 0);
    for round in 0..ROUNDS {
        let server = Server::start(&file);
        let writers = Writers::start(server.address, &log);
        while log.acknowledged().len() < before + 100 + round * 37 % 600 {
            assert!(start.elapsed() < 20 * LONG, "round {round}: the writes do not succeed");
            sleep(Duration::from_millis(1)).await;
        }
        sleep(Duration::from_micros(u64::try_from(round).expect("small") * 977 % 9_000)).await;
        drop(server);
        writers.stop().await;

        let pool = open(&file).await;
        let (written, acknowledged) = (written(&pool).await, log.acknowledged());
        let lost: Vec<_> = acknowledged.iter().filter(|id| !written.contains(id)).collect();
        assert!(lost.is_empty(), "round {round}: {lost:?} were acknowledged, and are lost");
        let check: String =
            sqlx::query_scalar("PRAGMA integrity_check").fetch_one(&pool).await.expect("an answer");
        assert_eq!(check, "ok", "round {round}");
        pool.close().await;
        before = acknowledged.len();
    }
    let statuses = log.statuses();
    assert!(statuses.keys().all(|status| *status == 200), "{statuses:?}");
    println!("{ROUNDS} kills: 0 of {before} acknowledged writes lost, in {:.1?}", start.elapsed());
}
