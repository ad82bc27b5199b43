//! Ten thousand requests, a thousand `WebSocket`s and a thousand streams over sockets, through five kinds of layers. Some fail, some
//! panic, and many lose their client, at any moment. Each resource is closed once, with the outcome of its request, and the memory does
//! not grow.

#[path = "../support/not_run.rs"]
mod not_run;

mod application;
mod clients;
mod ledger;

use std::{
    fs,
    future::Future,
    io,
    net::SocketAddr,
    panic,
    sync::{
        Arc,
        atomic::{AtomicUsize, Ordering},
    },
    time::{Duration, Instant},
};

use inject_runtime::serve;
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use crate::{
    application::{App, AppInputs, routes},
    ledger::Ledger,
};

const REQUESTS: usize = 10_000;
const SOCKETS: usize = 1_000;
const STREAMS: usize = 1_000;
const CLIENTS: usize = 32;
/// Limit for every wait: nothing takes as long.
const LONG: Duration = Duration::from_secs(30);
/// Growth of the memory from the second tenth of the requests to the last. One kilobyte for each request would be twice as much.
const GROWTH: usize = 4 << 20;

/// Runs `client` with each number below `count`, [`CLIENTS`] at a time.
async fn all<F>(count: usize, client: impl Fn(usize) -> F + Clone + Send + 'static)
where
    F: Future<Output = io::Result<()>> + Send,
{
    let next = Arc::new(AtomicUsize::new(0));
    let clients: Vec<_> = (0..CLIENTS)
        .map(|_| {
            let (next, client) = (Arc::clone(&next), client.clone());
            tokio::spawn(async move {
                loop {
                    let id = next.fetch_add(1, Ordering::Relaxed);
                    if id >= count {
                        return;
                    }
                    let request = timeout(LONG, client(id)).await;
                    request
                        .unwrap_or_else(|_| panic!("{id} hangs"))
                        .unwrap_or_else(|error| panic!("{id}: {error}"));
                }
            })
        })
        .collect();
    for client in clients {
        client.await.expect("no assertion failed");
    }
}

/// Returns the resident memory of this process in bytes, where the system tells.
fn memory() -> Option<usize> {
    let pages = fs::read_to_string("/proc/self/statm").ok()?.split(' ').nth(1)?.parse::<usize>().ok()?;
    Some(pages * 4096)
}

/// Hides the panics that are part of the test.
fn hide_expected_panics() {
    let show = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some("out of cheese") {
            show(info);
        }
    }));
}

async fn send_all(address: SocketAddr, ledger: &Ledger) {
    let visits = {
        let ledger = ledger.clone();
        move |first: usize| {
            let ledger = ledger.clone();
            move |id| clients::visit(address, first + id, ledger.clone())
        }
    };
    let warm = REQUESTS / 10;
    all(warm, visits(0)).await;
    let before = memory();
    all(REQUESTS - warm, visits(warm)).await;
    let after = memory();
    let sockets = ledger.clone();
    all(SOCKETS, move |id| clients::socket(address, REQUESTS + id, sockets.clone())).await;
    let streams = ledger.clone();
    all(STREAMS, move |id| clients::stream(address, REQUESTS + SOCKETS + id, streams.clone())).await;
    match (before, after) {
        (Some(before), Some(after)) => {
            println!("{} KiB before, {} KiB after", before >> 10, after >> 10);
            assert!(after < before + GROWTH, "the memory grew from {before} to {after} bytes");
        }
        _ => not_run::not_run("the memory is not compared: this system has no /proc/self/statm"),
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn each_resource_is_closed_once_with_the_outcome_of_its_request() {
    hide_expected_panics();
    let start = Instant::now();
    let ledger = Ledger::new(REQUESTS + SOCKETS + STREAMS);
    let app = App::builder(AppInputs { ledger: ledger.clone() }).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let routes = routes();
    let tasks = routes.tasks();
    let server = serve(listener, app, routes).deadline(LONG).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());
    send_all(address, &ledger).await;
    stop.send(()).expect("it is running");
    timeout(2 * LONG, server).await.expect("it stops").expect("no panic").expect("nothing is left open");
    assert!(tasks.running().is_empty(), "{:?}", tasks.running());

    for id in 0..REQUESTS {
        ledger.assert_visit(id, clients::Visit::of(id));
    }
    for id in REQUESTS..REQUESTS + SOCKETS {
        ledger.assert_socket(id, clients::Leaves::of(id));
    }
    for id in REQUESTS + SOCKETS..REQUESTS + SOCKETS + STREAMS {
        ledger.assert_stream(id);
    }
    println!("{}, in {:.1?}", ledger.summary(), start.elapsed());
    ledger.assert_covers();
}
