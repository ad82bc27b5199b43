//! Ten thousand requests over sockets, of which some fail, some panic, some take too long, and some lose their client. A second
//! connection sees the data of a request as soon as its client reads a success, and never any data of the other requests.
//! On `SQLite`; as slow tests on the `PostgreSQL` of `DATABASE_URL` and on the `MariaDB` of `MYSQL_URL`.

#[path = "../behavior/support/client.rs"]
mod client;
#[path = "../support/not_run.rs"]
mod not_run;

mod application;
mod customer;
mod database;
mod ledger;
mod plan;

use std::{
    net::SocketAddr,
    panic,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use inject_runtime::{in_layer, layer::Common, serve};
use tokio::{net::TcpListener, sync::oneshot, time::timeout};

use crate::{
    application::{mysql, postgres, sqlite},
    customer::Customer,
    database::Observer,
    plan::Plan,
};

const REQUESTS: u64 = 10_000;
const CLIENTS: usize = 32;
const CONNECTIONS: u32 = 4;
/// Lines of each order.
const LINES: i64 = 2;
/// Limit for every wait: no request takes as long.
const LONG: Duration = Duration::from_secs(30);

/// Number of runs of the work after a commit.
#[in_layer(Common)]
#[derive(Clone, Default)]
struct Followed(Arc<AtomicU64>);

/// Number of connections that the pool gave out in the transaction of another request.
type Dirty = Arc<AtomicU64>;

/// Hides the panics that are part of the test.
fn hide_expected_panics() {
    let show = panic::take_hook();
    panic::set_hook(Box::new(move |info| {
        if info.payload_as_str() != Some("out of cheese") {
            show(info);
        }
    }));
}

/// Sends all requests, and waits for their end.
async fn send_all(address: SocketAddr, observer: &Observer) {
    let next = Arc::new(AtomicU64::new(0));
    let customers: Vec<_> = (0..CLIENTS)
        .map(|_| Customer::new(address, observer.clone(), Arc::clone(&next)))
        .map(|customer| tokio::spawn(customer.run()))
        .collect();
    let all = async {
        for customer in customers {
            customer.await.expect("no assertion failed").expect("no connection broke");
        }
    };
    timeout(Duration::from_mins(8), all).await.expect("done in time");
}

/// Runs the requests on one database.
macro_rules! soak {
    ($module:ident, $pool:expr, $observer:expr, $dirty:expr) => {{
        let (pool, observer, dirty) = ($pool, $observer, $dirty);
        hide_expected_panics();
        let start = Instant::now();
        let followed = Followed::default();
        let app = $module::start(pool.clone(), followed.clone()).await;
        let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
        let address = listener.local_addr().expect("an address");
        let (stop, stopped) = oneshot::channel::<()>();
        let server = serve(listener, app, $module::routes()).deadline(LONG).until(async {
            _ = stopped.await;
        });
        let server = tokio::spawn(server.into_future());
        send_all(address, &observer).await;
        stop.send(()).expect("it is running");
        timeout(2 * LONG, server).await.expect("it stops").expect("no panic").expect("a clean end");

        let size = $module::assert_clean(&pool).await;
        assert_eq!(dirty.load(Ordering::Relaxed), 0, "connections were given out in a transaction");
        let tally = ledger::tally(&observer).await;
        println!("{}: {tally}; {size} connections, in {:.1?}", observer.name(), start.elapsed());
        assert_eq!(
            followed.0.load(Ordering::Relaxed),
            tally.kept(),
            "the work after a commit runs once for each"
        );
        tally.assert_covers();
    }};
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_a_success_finds_its_data_and_no_other_data_is_stored() {
    let database::Sqlite { pool, observer, dirty, folder: _folder } = database::sqlite().await;
    soak!(sqlite, pool, observer, dirty);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_postgres() {
    let Some((pool, observer, dirty)) = database::postgres().await else { return };
    soak!(postgres, pool, observer, dirty);
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn on_mysql() {
    let Some((pool, observer, dirty)) = database::mysql().await else { return };
    soak!(mysql, pool, observer, dirty);
}
