//! Servers: from the first connection to the shutdown of the container.

mod client_ip;
mod connections;
mod limits;
mod observe;
mod protocol;
mod second_signal;
mod sessions;
mod stop;
mod stopping;
mod tasks;
mod unfinished;

use std::{
    env,
    future::pending,
    io::{self, BufRead as _},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::extract::ConnectInfo;
use inject_runtime::{
    BackgroundTasks, Inject, Routes, Serve, ServeError, container, get, post, routes, serve,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::{Notify, oneshot},
    task::JoinHandle,
};

use crate::support::{LONG, Log, bounded, client::Client, until};

#[container]
struct Server {
    #[input]
    #[on_shutdown(close_server)]
    log: Log,
}

/// Writes to stderr as well, for the test that watches the process from outside.
fn close_server(log: &Log) {
    log.add("container closed");
    eprintln!("container closed");
}

/// In flight until its client sends the rest of the body.
#[post("/echo", public)]
async fn echo(Inject(log): Inject<Log>, body: String) -> String {
    log.add("handler");
    eprintln!("handler");
    body
}

#[get("/address", public)]
async fn address(ConnectInfo(client): ConnectInfo<SocketAddr>) -> String {
    client.to_string()
}

async fn server(log: &Log) -> (TcpListener, SocketAddr, Arc<Server>, Routes<Server>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let app = Server::builder(ServerInputs { log: log.clone() }).build().await.expect("nothing fails");
    (listener, address, app, routes![echo, address])
}

/// Server that is running in the background.
struct Running {
    address: SocketAddr,
    log: Log,
    stop: oneshot::Sender<()>,
    server: JoinHandle<Result<(), ServeError>>,
}

impl Running {
    /// Starts a server with the limits of `configure`.
    async fn start(routes: Routes<Server>, configure: impl FnOnce(Serve<Server>) -> Serve<Server>) -> Self {
        let log = Log::default();
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let app = Server::builder(ServerInputs { log: log.clone() }).build().await.expect("nothing fails");
        let (stop, stopped) = oneshot::channel::<()>();
        let server = configure(serve(listener, app, routes).until(async {
            _ = stopped.await;
        }));
        Self { address, log, stop, server: tokio::spawn(server.into_future()) }
    }

    async fn connect(&self) -> Client {
        Client::connect(self.address).await.expect("a connection")
    }

    /// Stops the server, and asserts that it ends cleanly.
    async fn stop(self) {
        self.stop.send(()).expect("it is running");
        bounded(self.server).await.expect("no panic").expect("a clean end");
    }
}

/// Sends a request without a body, and returns the body of its 200.
async fn fetch(client: &mut Client, line: &str) -> String {
    client.send(line).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("a response"), 200, "{line}");
    bounded(client.body()).await.expect("a body")
}

/// Waits until the server closes the connection, and returns what it sends before that. A connection that is
/// closed while bytes of the client are unread is reset.
async fn until_end(client: &mut Client) -> String {
    let mut rest = Vec::new();
    _ = bounded(client.0.read_to_end(&mut rest)).await;
    String::from_utf8_lossy(&rest).into_owned()
}

/// Sends the first half of a request. The server waits for the second half.
async fn in_flight(address: SocketAddr) -> Client {
    let mut client = Client::connect(address).await.expect("a connection");
    let head = "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 8\r\nexpect: 100-continue\r\n\r\n";
    client.write(head).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("it reads the body"), 100);
    client.write("half").await.expect("a connection");
    client
}

/// Waits until the server accepts no new connections.
async fn until_closed(address: SocketAddr) {
    let refused = async {
        while TcpStream::connect(address).await.is_ok() {
            tokio::time::sleep(Duration::from_millis(5)).await;
        }
    };
    bounded(refused).await;
}

async fn finish(mut client: Client) {
    client.write("done").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "halfdone");
}

#[tokio::test]
async fn a_request_in_flight_is_finished_before_the_container_is_shut_down() {
    let log = Log::default();
    let (listener, address, app, routes) = server(&log).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, app, routes).deadline(LONG).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let client = in_flight(address).await;
    stop.send(()).expect("it is running");
    until_closed(address).await;
    assert!(!server.is_finished());
    assert_eq!(log.take(), [""; 0]);
    finish(client).await;
    bounded(server).await.expect("no panic").expect("a clean end");
    assert_eq!(log.take(), ["handler", "container closed"]);
}

#[tokio::test]
async fn a_handler_can_extract_the_address_of_its_client() {
    let (listener, address, app, routes) = server(&Log::default()).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, app, routes).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let mut client = TcpStream::connect(address).await.expect("a connection");
    let request = b"GET /address HTTP/1.1\r\nhost: localhost\r\nconnection: close\r\n\r\n";
    client.write_all(request).await.expect("a connection");
    let mut answer = String::new();
    bounded(client.read_to_string(&mut answer)).await.expect("an answer");
    let own = client.local_addr().expect("an address").to_string();
    assert_eq!(answer.lines().last(), Some(&*own), "{answer}");
    stop.send(()).expect("it is running");
    bounded(server).await.expect("no panic").expect("a clean end");
}

/// Environment variable of the process that is the server of [`sigterm_stops_a_server_after_the_request_in_flight`].
const IS_SERVER: &str = "INJECT_TEST_IS_SERVER";

/// Server in a process of its own. In the process of the other tests, it does nothing.
#[tokio::test]
async fn server_in_a_process_of_its_own() {
    if env::var_os(IS_SERVER).is_none() {
        return;
    }
    let (listener, address, app, routes) = server(&Log::default()).await;
    eprintln!("{address}");
    bounded(serve(listener, app, routes).into_future()).await.expect("a clean end");
    eprintln!("served");
}

#[cfg(unix)]
#[tokio::test]
async fn sigterm_stops_a_server_after_the_request_in_flight() {
    let mut server = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "server::server_in_a_process_of_its_own", "--nocapture", "--test-threads=1"])
        .env(IS_SERVER, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let stderr = server.stderr.take().expect("it is piped");
    // The server has a time limit, so the read ends.
    let mut lines = io::BufReader::new(stderr).lines().map(|line| line.expect("text"));
    let address = lines.next().expect("a line").parse().expect("an address");
    let client = in_flight(address).await;
    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("`kill` is there").success());
    until_closed(address).await;
    finish(client).await;
    let rest: Vec<String> = tokio::task::spawn_blocking(move || lines.collect()).await.expect("no panic");
    assert_eq!(rest, ["handler", "container closed", "served"]);
    assert!(server.wait().expect("it has ended").success());
}

fn close_log(log: &Log) {
    log.add("container closed");
}

#[container]
struct Closing {
    #[input]
    #[on_shutdown(close_log)]
    log: Log,
}

static FINISH: Notify = Notify::const_new();

#[post("/tasks", public)]
async fn start_tasks(tasks: BackgroundTasks, Inject(log): Inject<Log>) -> &'static str {
    tasks.add("report", async move {
        FINISH.notified().await;
        // Shorter than the deadline.
        tokio::time::sleep(Duration::from_millis(20)).await;
        log.add("report");
    });
    tasks.add("endless", pending());
    "started"
}

#[tokio::test]
async fn a_server_waits_for_background_tasks_before_it_shuts_the_container_down() {
    let log = Log::default();
    let app = Closing::builder(ClosingInputs { log: log.clone() }).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let routes: Routes<Closing> = routes![start_tasks];
    let tasks = routes.tasks();
    let server = serve(listener, app, routes).deadline(Duration::from_secs(2)).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let mut client = Client::connect(address).await.expect("a connection");
    client.send("POST /tasks").await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("an answer"), 200);
    assert_eq!(bounded(client.body()).await.expect("a body"), "started");
    until(|| tasks.running() == ["report", "endless"]).await;
    drop(client);
    stop.send(()).expect("it is running");
    FINISH.notify_one();
    let error = bounded(server).await.expect("no panic").expect_err("one task does not end");
    assert_eq!(error.tasks().expect("the task").names(), ["endless"]);
    let source = std::error::Error::source(&error).expect("the task");
    assert!(source.is::<inject_runtime::DrainError>());
    assert!(error.shutdown().is_none());
    assert_eq!(log.take(), ["report", "container closed"]);
}
