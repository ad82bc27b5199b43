//! Tests of the start and the shutdown of the program itself.
#![cfg(unix)]

use std::{
    io::{BufRead as _, BufReader, Read as _, Write as _},
    net::TcpStream,
    process::{Child, ChildStdout, Command, Output, Stdio},
    sync::Arc,
    time::Duration,
};

use learning_platform::{
    app::{App, AppInputs},
    services::jobs::{Job, JobQueue},
};
use tempfile::TempDir;

use crate::support::settings;

/// Time limit that is long enough for a busy machine.
const LIMIT: Duration = Duration::from_mins(1);

fn program(folder: &TempDir) -> Command {
    command(env!("CARGO_BIN_EXE_learning-platform"), folder)
}

fn command(program: &str, folder: &TempDir) -> Command {
    let mut command = Command::new(program);
    command
        .env_clear()
        .current_dir(folder)
        .env("PLATFORM_ENVIRONMENT", "test")
        .env("PLATFORM_DATABASE__URL", format!("sqlite://{}", folder.path().join("test.db").display()))
        .env("PLATFORM_SERVER__ADDRESS", "127.0.0.1:0")
        .env("PLATFORM_JOBS__IN_PROCESS", "true")
        .stdin(Stdio::null())
        .stdout(Stdio::piped())
        .stderr(Stdio::piped());
    command
}

fn run(command: &mut Command) -> Output {
    command.output().expect("the program can be run")
}

/// Process that is killed when the test ends.
struct Server {
    process: Child,
    output: BufReader<ChildStdout>,
    address: String,
}

impl Server {
    fn start(folder: &TempDir) -> Self {
        Self::start_as(&mut program(folder))
    }

    fn start_as(command: &mut Command) -> Self {
        Self::of(command.spawn().expect("the program can be run"))
    }

    /// Waits until a process listens.
    fn of(mut process: Child) -> Self {
        let mut output = BufReader::new(process.stdout.take().expect("piped"));
        let mut line = String::new();
        output.read_line(&mut line).expect("text");
        let address = line.split("http://").nth(1).and_then(|rest| rest.split([',', '/', ' ']).next());
        let address = address.map_or_else(
            || {
                let mut errors = String::new();
                _ = process.stderr.take().map(|mut stderr| stderr.read_to_string(&mut errors));
                panic!("no address in {line:?}: {errors}")
            },
            str::to_owned,
        );
        Self { process, output, address }
    }

    fn connect(&self) -> TcpStream {
        let stream = TcpStream::connect(&self.address).expect("the server listens");
        stream.set_read_timeout(Some(LIMIT)).expect("a timeout");
        stream
    }

    fn signal(&self, name: &str) {
        let id = self.process.id().to_string();
        let status =
            Command::new("kill").args(["-s", name, &id]).status().expect("the program `kill` exists");
        assert!(status.success());
    }

    /// Waits for the process to end, and returns its status and its output.
    fn wait(mut self) -> (std::process::ExitStatus, String, String) {
        let (mut output, mut errors) = (String::new(), String::new());
        self.output.read_to_string(&mut output).expect("text");
        self.process.stderr.take().expect("piped").read_to_string(&mut errors).expect("text");
        (self.process.wait().expect("the process ends"), output, errors)
    }
}

impl Drop for Server {
    fn drop(&mut self) {
        _ = self.process.kill();
        _ = self.process.wait();
    }
}

/// Reads the head of a response.
fn read_head(reader: &mut impl std::io::BufRead) -> String {
    let mut head = String::new();
    while !head.ends_with("\r\n\r\n") {
        assert_ne!(reader.read_line(&mut head).expect("a response"), 0, "the response ends after {head:?}");
    }
    head
}

#[test]
fn a_request_in_flight_is_completed_before_the_shutdown() {
    let folder = TempDir::new().expect("a temporary folder");
    let server = Server::start(&folder);
    let mut stream = server.connect();
    let mut answer = BufReader::new(stream.try_clone().expect("a socket"));
    let body =
        r#"{"email": "ada@example.org", "name": "Ada", "password": "a horse, a battery", "grade_level": 7}"#;
    write!(
        stream,
        "POST /api/v1/auth/register HTTP/1.1\r\nhost: localhost\r\ncontent-type: application/json\r\n\
         content-length: {}\r\nexpect: 100-continue\r\n\r\n",
        body.len()
    )
    .expect("a request");
    // The server asks for the body, so the handler is running.
    assert!(read_head(&mut answer).starts_with("HTTP/1.1 100"));

    server.signal("TERM");
    // From now on the server accepts no new connections, except one that it may be accepting already.
    while TcpStream::connect(&server.address).is_ok() {
        std::thread::yield_now();
    }
    stream.write_all(body.as_bytes()).expect("the rest of the request");
    let head = read_head(&mut answer);
    assert!(head.starts_with("HTTP/1.1 201"), "{head}");
    let mut user = String::new();
    answer.read_to_string(&mut user).expect("the connection is closed afterwards");
    assert!(user.contains("ada@example.org"), "{user}");

    let (status, _, errors) = server.wait();
    assert!(status.success(), "{errors}");
}

#[test]
fn in_development_the_server_runs_the_seed_and_prints_requests_to_try() {
    let folder = TempDir::new().expect("a temporary folder");
    let mut server = Server::start_as(program(&folder).env("PLATFORM_ENVIRONMENT", "development"));
    let mut lines = String::new();
    while lines.lines().count() < 4 {
        assert_ne!(server.output.read_line(&mut lines).expect("text"), 0, "the output ends after {lines:?}");
    }
    let command = lines.lines().find(|line| line.contains("/auth/login")).expect("a command that logs in");
    let (from, to) = (command.find('{').expect("a body"), command.find('}').expect("its end"));
    let body = &command[from..=to];
    let mut stream = server.connect();
    write!(
        stream,
        "POST /api/v1/auth/login HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\ncontent-type: application/json\r\n\
         content-length: {}\r\n\r\n{body}",
        body.len()
    )
    .expect("a request");
    let mut answer = String::new();
    stream.read_to_string(&mut answer).expect("a response");
    assert!(answer.starts_with("HTTP/1.1 200") && answer.contains("access_token"), "{answer}");

    server.signal("INT");
    let (status, output, errors) = server.wait();
    assert!(status.success(), "{errors}");
    assert_eq!((lines + &output).lines().filter(|line| line.contains("curl")).count(), 3);
}

/// The server process adds jobs, and another process runs them.
#[tokio::test]
async fn a_worker_runs_the_jobs_in_a_separate_process() {
    let folder = TempDir::new().expect("a temporary folder");
    let url = format!("sqlite://{}", folder.path().join("test.db").display());
    let app = App::builder(AppInputs { settings: Arc::new(settings(&url)) })
        .build()
        .await
        .expect("the application starts");
    // The chapter does not exist, so the job removes it from the vector store.
    app.resolve::<Arc<dyn JobQueue>>()
        .add(Job::EmbedChapter { chapter_id: 7 })
        .await
        .expect("the queue is available");
    app.shutdown().await.expect("the application stops");

    let mut worker = command(env!("CARGO_BIN_EXE_worker"), &folder);
    let mut process = worker.env("PLATFORM_LOGGING__FILTER", "info").spawn().expect("the program can be run");
    let log = BufReader::new(process.stderr.take().expect("piped"));
    let (sender, lines) = std::sync::mpsc::channel();
    std::thread::spawn(move || log.lines().map_while(Result::ok).try_for_each(|line| sender.send(line)));
    let worker = Server {
        output: BufReader::new(process.stdout.take().expect("piped")),
        process,
        address: String::new(),
    };
    loop {
        let line = lines.recv_timeout(LIMIT).expect("the job completes within the time limit");
        if line.contains(r#""chapter_id":7"#) && line.ends_with("done") {
            break;
        }
    }
    worker.signal("TERM");
    let mut worker = worker;
    assert!(worker.process.wait().expect("the process ends").success());
    assert!(lines.iter().any(|line| line.ends_with("stopped")));
}

#[test]
fn all_invalid_settings_are_reported_at_once() {
    let folder = TempDir::new().expect("a temporary folder");
    let output =
        run(program(&folder).env("PLATFORM_SERVER__ADDRESS", "here").env("PLATFORM_JOBS__ATTEMPTS", "0"));
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains("`server.address`") && errors.contains("`jobs.attempts`"), "{errors}");
}

/// The programs create, migrate and fill the same new files: the database with the tables of the job queue, and the
/// vector store.
#[test]
fn several_programs_start_at_once_on_a_new_database() {
    for _ in 0..4 {
        let folder = TempDir::new().expect("a temporary folder");
        let mut command = program(&folder);
        command
            .env("PLATFORM_ENVIRONMENT", "development")
            .env("PLATFORM_RAG__VECTORS", "vectors.db")
            .env("PLATFORM_JOBS__IN_PROCESS", "false");
        let processes: Vec<_> = (0..3).map(|_| command.spawn().expect("the program can be run")).collect();
        let servers: Vec<_> = processes.into_iter().map(Server::of).collect();
        for server in &servers {
            server.signal("TERM");
        }
        for server in servers {
            let (status, _, errors) = server.wait();
            assert!(status.success(), "{errors}");
            assert!(!errors.contains("ERROR"), "{errors}");
        }
    }
}

/// The secret and the passwords of development are published.
#[test]
fn development_is_for_this_machine_and_production_has_its_own_secrets() {
    let folder = TempDir::new().expect("a temporary folder");
    let fails = |command: &mut Command, expected: &str| {
        let output = run(command);
        let (text, errors) =
            (String::from_utf8_lossy(&output.stdout), String::from_utf8_lossy(&output.stderr));
        assert_eq!(output.status.code(), Some(1), "{text}{errors}");
        assert!(errors.contains(expected), "{expected:?} is not in: {errors}");
        assert!(!errors.contains("hunter2") && text.is_empty(), "{text}{errors}");
    };
    let with = |environment: &str| {
        let mut command = program(&folder);
        command.env("PLATFORM_ENVIRONMENT", environment);
        command
    };
    let development = "`server.address` must be a loopback address";
    fails(with("development").env("PLATFORM_SERVER__ADDRESS", "0.0.0.0:0"), development);
    let published = "development-only-and-publicly-known";
    fails(with("production").env("PLATFORM_AUTH__SECRET", published), "`auth.secret` is published");

    // A database that was filled in development has accounts with the published password.
    let server = Server::start_as(&mut with("development"));
    server.signal("TERM");
    let (status, output, errors) = server.wait();
    assert!(status.success(), "{errors}");
    assert!(output.contains("the password of the accounts are published"), "{output}");
    let secret = "a secret that nobody else knows, 32";
    let accounts = "the password of these accounts is published, so production does not start with them: admin@example.org";
    fails(with("production").env("PLATFORM_AUTH__SECRET", secret), accounts);

    // Errors contain no password of a database.
    for url in ["postgres://books:hunter2@127.0.0.1:9/books", "postgres://books:hunter2@127.0.0.1:port/books"]
    {
        fails(
            with("production")
                .env("PLATFORM_AUTH__SECRET", secret)
                .env("PLATFORM_DATABASE__ACQUIRE_TIMEOUT", "1s")
                .env("PLATFORM_DATABASE__URL", url),
            "cannot open the database",
        );
    }
}

/// Outside of development, the password is an input, and is not printed.
#[test]
fn the_seed_reads_its_password_in_production() {
    let folder = TempDir::new().expect("a temporary folder");
    let seed = |password: &str| {
        let mut command = command(env!("CARGO_BIN_EXE_seed"), &folder);
        command
            .env("PLATFORM_ENVIRONMENT", "production")
            .env("PLATFORM_AUTH__SECRET", "a secret that nobody else knows, 32")
            .stdin(Stdio::piped());
        let mut process = command.spawn().expect("the program can be run");
        let mut input = process.stdin.take().expect("piped");
        writeln!(input, "{password}").expect("a pipe");
        drop(input);
        process.wait_with_output().expect("the program ends")
    };
    for refused in ["", "short", "development-only"] {
        let output = seed(refused);
        assert_eq!(output.status.code(), Some(1), "{refused:?}");
        let errors = String::from_utf8_lossy(&output.stderr);
        assert!(errors.contains("the password must have at least 10 characters"), "{errors}");
    }
    let output = seed("correct horse battery");
    let text =
        [output.stdout, output.stderr].map(|bytes| String::from_utf8_lossy(&bytes).into_owned()).concat();
    assert!(output.status.success(), "{text}");
    assert!(text.contains("6 accounts") && !text.contains("horse"), "{text}");
}

#[test]
fn an_address_in_use_is_reported() {
    let folder = TempDir::new().expect("a temporary folder");
    let taken = std::net::TcpListener::bind("127.0.0.1:0").expect("a free port");
    let address = taken.local_addr().expect("an address").to_string();
    let output = run(program(&folder).env("PLATFORM_SERVER__ADDRESS", &address));
    assert_eq!(output.status.code(), Some(1));
    let errors = String::from_utf8_lossy(&output.stderr);
    assert!(errors.contains(&format!("cannot listen on {address}")), "{errors}");
}

#[test]
fn graph_routes_and_document_are_printed_without_a_start() {
    let folder = TempDir::new().expect("a temporary folder");
    let print = |command: &str| {
        // The settings are not read, so the invalid URL is not an error.
        let output = run(program(&folder).env("PLATFORM_DATABASE__URL", "none").arg(command));
        assert!(output.status.success(), "{command}: {}", String::from_utf8_lossy(&output.stderr));
        String::from_utf8(output.stdout).expect("text")
    };
    assert!(
        print("graph").starts_with("flowchart") || print("graph").starts_with("graph"),
        "{}",
        print("graph")
    );
    assert!(print("routes").contains("/api/v2/users/me"));
    let document: serde_json::Value = serde_json::from_str(&print("openapi")).expect("JSON");
    assert_eq!(document["openapi"], "3.1.0");
    assert!(print("--help").contains("usage"));
    let output = run(program(&folder).arg("grpah"));
    assert_eq!(output.status.code(), Some(1));
    assert!(String::from_utf8_lossy(&output.stderr).contains("usage"));
    assert_eq!(std::fs::read_dir(folder.path()).expect("a folder").count(), 0, "no database was created");
}
