//! Restarts of a `PostgreSQL` server under an application.

use std::{
    env, fs,
    net::TcpListener as StdListener,
    path::{Path, PathBuf},
    process::{self, Command, Stdio},
    time::{Duration, Instant},
};

use inject_runtime::serve;
use sqlx::{PgPool, postgres::PgPoolOptions};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    task::spawn_blocking,
    time::{sleep, timeout},
};

use crate::{
    LONG, ROUNDS, not_run,
    writers::{Log, Writers},
};

crate::application!(sqlx::Postgres);

/// Server of the test alone: its folder is new, and its port is free. It is stopped and removed on drop.
struct Server {
    programs: PathBuf,
    folder: PathBuf,
    port: u16,
}

impl Server {
    /// Creates and starts a server. `None`, with a message, if there are no programs for it.
    fn start() -> Option<Self> {
        let Some(programs) = programs() else {
            not_run::not_run(
                "initdb and pg_ctl of a PostgreSQL server are neither in PATH nor where Debian has them",
            );
            return None;
        };
        let folder = env::temp_dir().join(format!("inject-restarts-{}", process::id()));
        fs::create_dir_all(&folder).expect("a new folder");
        let listener = StdListener::bind("127.0.0.1:0").expect("a port");
        let port = listener.local_addr().expect("an address").port();
        let server = Self { programs, folder, port };
        if is_root() {
            let owner = Command::new("chown").arg("postgres").arg(&server.folder).status();
            assert!(owner.expect("chown is there").success());
        }
        server.run("initdb", &["-D", server.data(), "-A", "trust", "-U", "postgres"]);
        drop(listener);
        server.control("start", &[]);
        Some(server)
    }

    fn data(&self) -> &str {
        self.folder.to_str().expect("a path in UTF-8")
    }

    /// Runs a program of the server, which refuses to run as root.
    fn run(&self, program: &str, arguments: &[&str]) {
        let program = self.programs.join(program);
        let mut command = if is_root() {
            let mut command = Command::new("runuser");
            command.args(["-u", "postgres", "--"]).arg(&program);
            command
        } else {
            Command::new(&program)
        };
        let command = command.args(arguments).current_dir(env::temp_dir());
        let status = command.stdout(Stdio::null()).stderr(Stdio::null()).status().expect("a process");
        assert!(status.success(), "{} {arguments:?}: {status}", program.display());
    }

    fn control(&self, action: &str, arguments: &[&str]) {
        let options = format!("-p {} -k {} -c listen_addresses=127.0.0.1", self.port, self.data());
        let log = format!("{}/log", self.data());
        let mut all = vec!["-D", self.data(), "-w", "-o", &options, "-l", &log];
        all.extend(arguments);
        all.push(action);
        self.run("pg_ctl", &all);
    }

    fn url(&self) -> String {
        format!("postgres://postgres@127.0.0.1:{}/postgres", self.port)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        self.control("stop", &["-m", "immediate"]);
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// Returns the folder of the programs of a server.
fn programs() -> Option<PathBuf> {
    let debian = fs::read_dir("/usr/lib/postgresql").into_iter().flatten().flatten();
    let debian = debian.map(|version| version.path().join("bin"));
    let path = env::var_os("PATH").unwrap_or_default();
    let has_both = |folder: &PathBuf| folder.join("initdb").is_file() && folder.join("pg_ctl").is_file();
    env::split_paths(&path).chain(debian).find(has_both)
}

fn is_root() -> bool {
    let id = Command::new("id").arg("-u").output();
    id.is_ok_and(|id| id.stdout.starts_with(b"0\n")) && Path::new("/etc/passwd").exists()
}

#[cfg(unix)]
#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn no_acknowledged_write_is_lost_when_the_database_is_restarted() {
    if !not_run::slow_tests_run() {
        return;
    }
    let Some(database) = spawn_blocking(Server::start).await.expect("no panic") else { return };
    let start = Instant::now();
    let pool = PgPoolOptions::new().max_connections(4).acquire_timeout(Duration::from_secs(2));
    let pool: PgPool = pool.connect(&database.url()).await.expect("the server");
    let tables = "CREATE TABLE first (id BIGINT); CREATE TABLE second (id BIGINT)";
    sqlx::raw_sql(tables).execute(&pool).await.expect("new tables");
    let app = App::builder(AppInputs { db: pool.clone() }).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let application = serve(listener, app, all()).deadline(LONG).until(async {
        _ = stopped.await;
    });
    let application = tokio::spawn(application.into_future());

    let log = Log::default();
    let writers = Writers::start(address, &log);
    let mut database = Some(database);
    for round in 0..ROUNDS {
        // The application goes on after each restart.
        let before = log.acknowledged().len();
        while log.acknowledged().len() < before + 100 + round * 37 % 600 {
            assert!(
                start.elapsed() < 20 * LONG,
                "round {round}: the writes do not succeed: {:?}",
                log.statuses()
            );
            sleep(Duration::from_millis(1)).await;
        }
        let server = database.take().expect("it is put back");
        // As after a crash, and with an end to the connections.
        let mode = if round % 2 == 0 { "immediate" } else { "fast" };
        let restart = spawn_blocking(move || {
            server.control("restart", &["-m", mode]);
            server
        });
        database = Some(restart.await.expect("no panic"));
    }
    writers.stop().await;
    stop.send(()).expect("it is running");
    timeout(2 * LONG, application).await.expect("it stops").expect("no panic").expect("a clean end");

    let (written, acknowledged) = (written(&pool).await, log.acknowledged());
    let lost: Vec<_> = acknowledged.iter().filter(|id| !written.contains(id)).collect();
    assert!(lost.is_empty(), "{lost:?} were acknowledged, and are lost");
    let statuses = log.statuses();
    assert!(statuses.keys().all(|status| matches!(status, 200 | 503)), "{statuses:?}");
    assert!(statuses.contains_key(&503), "{statuses:?}");
    println!(
        "{ROUNDS} restarts: 0 of {} acknowledged writes lost, {statuses:?}, in {:.1?}",
        acknowledged.len(),
        start.elapsed()
    );
    pool.close().await;
    drop(spawn_blocking(move || drop(database)).await);
}
