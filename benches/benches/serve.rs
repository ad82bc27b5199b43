//! Cost of the server of `inject`, which has limits, against `axum::serve`, which has none: the same router, and
//! a client on the same thread. The kernel's part of a request is in the time and not in the instructions.
//!
//! Then the growth of the memory of this program, with both ends of all connections, over 200,000 requests and some more that are
//! never completed.
//!
//! ```text
//! cargo bench -p inject-benches --bench serve
//! ```

use std::{cell::RefCell, error::Error, fs, io, net::SocketAddr, time::Duration};

use axum::serve::ListenerExt as _;
use inject_benches::{Pair, compare, is_bench_run, is_whole_run};
use inject_runtime::{ClientIp, Routes, container, get, routes, serve};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::{TcpListener, TcpStream},
    runtime::{Builder, Runtime},
};

#[container]
struct App {}

#[get("/hello", public)]
async fn hello() -> &'static str {
    "hello"
}

#[get("/ip", public)]
async fn ip(ClientIp(address): ClientIp) -> String {
    address.to_string()
}

fn all() -> Routes<App> {
    routes![hello, ip]
}

const REQUEST: &str = "GET /hello HTTP/1.1\r\nhost: localhost\r\nuser-agent: bench\r\naccept: */*\r\n\r\n";
/// What ends the response.
const BODY: &[u8] = b"\r\n\r\nhello";

/// Client and server on one thread.
struct Side {
    runtime: Runtime,
    address: SocketAddr,
    open: RefCell<TcpStream>,
}

impl Side {
    fn start(is_inject: bool) -> Result<Self, Box<dyn Error>> {
        let runtime = Builder::new_current_thread().enable_all().build()?;
        let (listener, app) = runtime
            .block_on(async { (TcpListener::bind("127.0.0.1:0").await, App::builder().build().await) });
        let (listener, app) = (listener?, app?);
        let address = listener.local_addr()?;
        if is_inject {
            let server = serve(listener, app, all()).head_timeout(Duration::from_secs(1));
            runtime.spawn(async { server.await.expect("a clean end") });
        } else {
            let listener = listener.tap_io(|stream| stream.set_nodelay(true).expect("a connection"));
            let router = all().into_router(app).into_make_service_with_connect_info::<SocketAddr>();
            runtime.spawn(async { axum::serve(listener, router).await.expect("no error") });
        }
        let open = runtime.block_on(connect(address))?;
        Ok(Self { runtime, address, open: RefCell::new(open) })
    }

    fn keep_alive(&self, times: u64) {
        let stream = &mut *self.open.borrow_mut();
        self.runtime.block_on(async {
            for _ in 0..times {
                request(stream, 1).await.expect("a response");
            }
        });
    }

    fn pipelined(&self, times: u64) {
        let stream = &mut *self.open.borrow_mut();
        self.runtime.block_on(async {
            for _ in 0..times {
                request(stream, 16).await.expect("responses");
            }
        });
    }

    fn new_connections(&self, times: u64) {
        self.runtime.block_on(async {
            for _ in 0..times {
                let mut stream = connect(self.address).await.expect("a connection");
                request(&mut stream, 1).await.expect("a response");
                // A reset, so that no port stays in use.
                stream.set_zero_linger().expect("a connection");
            }
        });
    }
}

async fn connect(address: SocketAddr) -> io::Result<TcpStream> {
    let stream = TcpStream::connect(address).await?;
    stream.set_nodelay(true)?;
    Ok(stream)
}

/// Sends requests at once, and reads all responses.
async fn request(stream: &mut TcpStream, times: usize) -> io::Result<()> {
    stream.write_all(REQUEST.repeat(times).as_bytes()).await?;
    let mut received = Vec::with_capacity(4096);
    while received.windows(BODY.len()).filter(|window| *window == BODY).count() < times {
        if stream.read_buf(&mut received).await? == 0 {
            return Err(io::ErrorKind::UnexpectedEof.into());
        }
    }
    Ok(())
}

/// Numbers of requests after which the memory is read. The first is when pools and caches are filled.
const READINGS: [usize; 5] = [1_000, 20_000, 50_000, 100_000, 200_000];

/// Returns by how many KiB the memory of this program grows from the first reading to each of the others. Each tenth request
/// is on a connection of its own. With each thousandth, another connection sends half of a head, and stays open
/// until the server closes it.
async fn growth(address: SocketAddr) -> Result<Vec<i64>, Box<dyn Error>> {
    const CONNECTIONS: usize = 64;
    let mut open = Vec::new();
    for _ in 0..CONNECTIONS {
        open.push(connect(address).await?);
    }
    let mut readings = Vec::new();
    for number in 0..=READINGS[READINGS.len() - 1] {
        if READINGS.contains(&number) {
            readings.push(resident()?);
        }
        if number % 10 == 0 {
            let mut stream = connect(address).await?;
            request(&mut stream, 1).await?;
            stream.set_zero_linger()?;
        } else {
            request(&mut open[number % CONNECTIONS], 1).await?;
        }
        if number % 1_000 == 0 {
            let mut stream = connect(address).await?;
            stream.write_all(&REQUEST.as_bytes()[..40]).await?;
            tokio::spawn(async move { _ = stream.read_u8().await });
        }
    }
    Ok(readings[1..].iter().map(|reading| reading - readings[0]).collect())
}

/// Returns the memory of this program in RAM, in KiB, as Linux tells it.
fn resident() -> Result<i64, Box<dyn Error>> {
    let status = fs::read_to_string("/proc/self/status")?;
    let line = status.lines().find_map(|line| line.strip_prefix("VmRSS:")).ok_or("no `VmRSS`")?;
    Ok(line.trim().trim_end_matches(" kB").parse()?)
}

fn main() -> Result<(), Box<dyn Error>> {
    if !is_bench_run() {
        return Ok(());
    }
    let (hand, inject) = (Side::start(false)?, Side::start(true)?);
    compare(&[
        Pair {
            name: "a request on an open connection",
            hand: &|times| hand.keep_alive(times),
            inject: &|times| inject.keep_alive(times),
            iterations: 2_000,
        },
        Pair {
            name: "16 pipelined requests",
            hand: &|times| hand.pipelined(times),
            inject: &|times| inject.pipelined(times),
            iterations: 500,
        },
        Pair {
            name: "a request on a new connection",
            hand: &|times| hand.new_connections(times),
            inject: &|times| inject.new_connections(times),
            iterations: 500,
        },
    ])?;
    if is_whole_run() && cfg!(target_os = "linux") {
        // The server that keeps what it should not comes second, because freed memory stays with the program.
        let grown_inject = inject.runtime.block_on(growth(inject.address))?;
        let grown_hand = hand.runtime.block_on(growth(hand.address))?;
        println!("\n{:32} {:>12} {:>12}", "growth of the memory, KiB", "by hand", "inject");
        for ((requests, hand), inject) in READINGS[1..].iter().zip(grown_hand).zip(grown_inject) {
            println!("  after {requests:7} requests {:6} {hand:>12} {inject:>12}", "");
        }
    }
    Ok(())
}
