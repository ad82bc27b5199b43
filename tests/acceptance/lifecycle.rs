//! A70 to A77: from the start of a container to its end.

use std::{
    env,
    future::pending,
    hint::black_box,
    io::{self, BufRead as _},
    net::SocketAddr,
    process::{Command, Stdio},
    sync::Arc,
    time::Duration,
};

use axum::{
    Router,
    extract::{ConnectInfo, State},
    routing::get as plain_get,
};
use inject_runtime::{
    Inject, Routes, ShutdownFailureReason, container, get, in_layer, layer::Common, post, routes, serve,
    service,
};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    sync::oneshot,
    time::Instant,
};
use tower::ServiceExt as _;

use crate::{
    client::Client,
    support::{LONG, Log, bounded, request},
};

/// Components that log their start and their end, each of which needs the one before it.
macro_rules! chain {
    ($($name:ident($($before:ident)?): $label:literal, $stop:ident;)*) => {$(
        struct $name(Log);

        #[service]
        impl $name {
            #[inject]
            async fn start(log: Log $(, _: Arc<$before>)?) -> Self {
                tokio::task::yield_now().await;
                log.add(concat!("start ", $label));
                Self(log)
            }
        }

        async fn $stop(it: &Arc<$name>) {
            tokio::task::yield_now().await;
            it.0.add(concat!("stop ", $label));
        }
    )*};
}

chain! {
    Pool(): "pool", stop_pool;
    Cache(Pool): "cache", stop_cache;
    Index(Cache): "index", stop_index;
}

#[container]
struct Ordered {
    #[on_shutdown(stop_index)]
    index: Arc<Index>,
    #[on_shutdown(stop_pool)]
    pool: Arc<Pool>,
    #[on_shutdown(stop_cache)]
    cache: Arc<Cache>,
    #[input]
    log: Log,
}

#[tokio::test]
async fn a70_a_container_starts_in_dependency_order_and_stops_in_reverse() {
    let log = Log::default();
    let app = Ordered::builder(OrderedInputs { log: log.clone() }).build().await.expect("nothing fails");
    assert_eq!(log.take(), ["start pool", "start cache", "start index"]);
    app.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["stop index", "stop cache", "stop pool"]);
}

struct Broken;

#[service]
impl Broken {
    #[inject]
    async fn start(_: Arc<Cache>) -> Result<Self, io::Error> {
        Err(io::Error::other("disk full"))
    }
}

#[service]
struct NeedsBroken {
    _broken: Arc<Broken>,
}

#[container]
struct FiveOfWhichTheThirdFails {
    last: Arc<Late>,
    needs: Arc<NeedsBroken>,
    broken: Arc<Broken>,
    #[on_shutdown(stop_cache)]
    cache: Arc<Cache>,
    #[on_shutdown(stop_pool)]
    pool: Arc<Pool>,
    #[input]
    log: Log,
}

struct Late;

#[service]
impl Late {
    #[inject]
    fn start(_: Arc<NeedsBroken>, log: Log) -> Self {
        log.add("start last");
        Self
    }
}

#[tokio::test]
async fn a71_a_constructor_that_fails_stops_those_before_it_and_the_error_names_the_chain() {
    let log = Log::default();
    let inputs = FiveOfWhichTheThirdFailsInputs { log: log.clone() };
    let error = FiveOfWhichTheThirdFails::builder(inputs).build().await.err().expect("the third fails");
    assert_eq!(log.take(), ["start pool", "start cache", "stop cache", "stop pool"]);
    assert_eq!((error.field(), error.type_name()), ("broken", "Arc<Broken>"));
    assert_eq!(error.dependents(), ["needs", "last"]);
    assert_eq!(std::error::Error::source(&error).expect("its cause").to_string(), "disk full");
    let text = error.to_string();
    for part in [
        "broken: Arc<Broken>",
        "FiveOfWhichTheThirdFails",
        file!(),
        "needs: Arc<NeedsBroken>",
        "last: Arc<Late>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

async fn hang(_: &u8) {
    pending::<()>().await;
}

#[container]
struct Hanging {
    #[input]
    #[on_shutdown(close)]
    log: Log,
    #[factory(|_: Log| 1)]
    #[on_shutdown(hang, deadline = Duration::from_secs(3))]
    hanging: u8,
}

fn close(log: &Log) {
    log.add("container closed");
}

#[tokio::test(start_paused = true)]
async fn a72_a_hook_that_hangs_is_named_at_its_deadline_and_the_rest_run() {
    let log = Log::default();
    let app = Hanging::builder(HangingInputs { log: log.clone() }).build().await.expect("nothing fails");
    let start = Instant::now();
    let error = app.shutdown().await.expect_err("one hangs");
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(log.take(), ["container closed"]);
    let [failure] = error.failures() else { panic!("one hangs: {error}") };
    assert_eq!(failure.field(), "hanging");
    assert!(matches!(failure.reason(), ShutdownFailureReason::DeadlineExceeded(Duration { .. })));
    assert!(error.to_string().contains("`hanging: u8` was not done after 3s"), "{error}");
}

#[container]
struct Server {
    #[input]
    #[on_shutdown(close_server)]
    log: Log,
}

/// Also on stderr, for who watches the process from outside.
fn close_server(log: &Log) {
    log.add("container closed");
    eprintln!("container closed");
}

/// In flight for as long as its client does not send the rest of the body.
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

/// A request of which the server has the first half, and is waiting for the second.
async fn in_flight(address: SocketAddr) -> Client {
    let mut client = Client::connect(address).await.expect("a connection");
    let head = "POST /echo HTTP/1.1\r\nhost: localhost\r\ncontent-length: 8\r\nexpect: 100-continue\r\n\r\n";
    client.write(head).await.expect("a connection");
    assert_eq!(bounded(client.status()).await.expect("it reads the body"), 100);
    client.write("half").await.expect("a connection");
    client
}

/// Waits until the server takes no new connections.
async fn deaf(address: SocketAddr) {
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
async fn a73_a_request_in_flight_is_finished_before_the_container_is_shut_down() {
    let log = Log::default();
    let (listener, address, app, routes) = server(&log).await;
    let (stop, stopped) = oneshot::channel::<()>();
    let server = serve(listener, app, routes).deadline(LONG).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    let client = in_flight(address).await;
    stop.send(()).expect("it is running");
    deaf(address).await;
    assert!(!server.is_finished());
    assert_eq!(log.take(), [""; 0]);
    finish(client).await;
    bounded(server).await.expect("no panic").expect("a clean end");
    assert_eq!(log.take(), ["handler", "container closed"]);
}

#[tokio::test]
async fn a_handler_knows_the_address_of_its_client() {
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

/// Set where this program is the server of [`a73_sigterm_is_heard`].
const IS_SERVER: &str = "INJECT_ACCEPTANCE_IS_SERVER";

/// The server, in a process of its own; in the process of the other tests, nothing.
#[tokio::test]
async fn a73_the_process_that_is_terminated() {
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
async fn a73_sigterm_is_heard() {
    let mut server = Command::new(env::current_exe().expect("this program"))
        .args(["--exact", "lifecycle::a73_the_process_that_is_terminated", "--nocapture", "--test-threads=1"])
        .env(IS_SERVER, "1")
        .stdout(Stdio::null())
        .stderr(Stdio::piped())
        .spawn()
        .expect("a process");
    let stderr = server.stderr.take().expect("it is piped");
    // The server gives up by itself, so that this ends.
    let mut lines = io::BufReader::new(stderr).lines().map(|line| line.expect("text"));
    let address = lines.next().expect("a line").parse().expect("an address");
    let client = in_flight(address).await;
    let pid = server.id().to_string();
    assert!(Command::new("kill").args(["-TERM", &pid]).status().expect("`kill` is there").success());
    deaf(address).await;
    finish(client).await;
    let rest: Vec<String> = tokio::task::spawn_blocking(move || lines.collect()).await.expect("no panic");
    assert_eq!(rest, ["handler", "container closed", "served"]);
    assert!(server.wait().expect("it has ended").success());
}

macro_rules! slow {
    ($($name:ident)*) => {$(
        struct $name;

        #[service]
        impl $name {
            #[inject]
            async fn start() -> Self {
                tokio::time::sleep(Duration::from_millis(100)).await;
                Self
            }
        }
    )*};
}

slow! { One Two Three }

#[container]
struct Slow {
    one: Arc<One>,
    two: Arc<Two>,
    three: Arc<Three>,
}

#[tokio::test(start_paused = true)]
async fn a74_independent_constructors_start_together() {
    let start = Instant::now();
    Slow::builder().build().await.expect("nothing fails");
    assert_eq!(start.elapsed().as_millis(), 100);
}

#[in_layer(Common)]
#[derive(Clone, Copy)]
struct Language(&'static str);

#[service]
trait Words: Send + Sync {
    fn hello(&self) -> &'static str;
}

#[service]
struct Dictionary {
    language: Language,
}

impl Words for Dictionary {
    fn hello(&self) -> &'static str {
        if self.language.0 == "it" { "ciao" } else { "hello" }
    }
}

struct Loud;

impl Words for Loud {
    fn hello(&self) -> &'static str {
        "HELLO"
    }
}

#[service]
struct Greeter {
    words: Arc<dyn Words>,
}

#[container]
struct Tool {
    #[bind(Dictionary)]
    words: Arc<dyn Words>,
    greeter: Arc<Greeter>,
    #[input]
    language: Language,
    #[factory(|| "it")]
    fallback: &'static str,
}

fn tool() -> ToolBuilder {
    Tool::builder(ToolInputs { language: Language("it") })
}

#[get("/hello", public)]
async fn hello(Inject(greeter): Inject<Arc<Greeter>>) -> &'static str {
    greeter.words.hello()
}

async fn hello_by_hand(State(app): State<Arc<Tool>>) -> &'static str {
    let greeter = Arc::clone(&app.greeter);
    greeter.words.hello()
}

#[test]
fn a75_a_container_serves_a_command_line_tool() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let said = runtime.block_on(async {
        let app = tool().build().await.expect("nothing fails");
        let greeter: Greeter = app.resolve();
        let said = greeter.words.hello();
        app.shutdown().await.expect("nothing fails");
        said
    });
    assert_eq!(said, "ciao");
}

#[tokio::test]
async fn a76_two_containers_with_different_overrides_are_isolated() {
    let (loud, plain, english) = tokio::join!(
        tool().words(Arc::new(Loud)).build(),
        tool().build(),
        Tool::builder(ToolInputs { language: Language("en") }).build(),
    );
    let apps = [loud, plain, english].map(|app| app.expect("nothing fails"));
    for _ in 0..2 {
        assert_eq!(apps.each_ref().map(|app| app.greeter.words.hello()), ["HELLO", "ciao", "hello"]);
    }
    assert_eq!(apps[0].fallback, "it");
}

#[test]
fn a77_shared_components_cost_no_allocation_beyond_those_of_axum_and_its_state() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let app = runtime.block_on(tool().build()).expect("nothing fails");
    let endpoints: Routes<Tool> = routes![hello];
    let endpoints = endpoints.into_router(Arc::clone(&app));
    let by_hand = Router::new().route("/hello", plain_get(hello_by_hand)).with_state(app);
    let [endpoints, by_hand] = [endpoints, by_hand].map(|router| {
        let answer = || {
            let request = request("GET", "/hello");
            let response = runtime.block_on(router.clone().oneshot(request)).expect("infallible");
            assert_eq!(response.status(), 200);
            black_box(response);
        };
        // What is allocated once and kept.
        answer();
        allocation_counter::measure(answer)
    });
    assert!(by_hand.count_total > 0, "it counts");
    assert_eq!(endpoints.count_total, by_hand.count_total);
}
