//! Ten thousand requests over sockets, of which some fail, some panic, and some lose their client. A second
//! connection sees the data of a request as soon as its client reads a success, and never any data of the
//! other requests.

#[path = "behavior/support/client.rs"]
mod client;

use std::{
    collections::HashMap,
    env, fmt, fs, io,
    net::SocketAddr,
    panic,
    path::PathBuf,
    process,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
    time::{Duration, Instant},
};

use axum::extract::Path;
use inject_runtime::{
    Inject, Problem, Routes, container, in_layer, layer::Common, post, repository, routes, serve, service,
    tx::Tx,
};
use sqlx::{
    Connection as _, Sqlite, SqlitePool,
    sqlite::{SqliteConnectOptions, SqliteJournalMode, SqlitePoolOptions, SqliteSynchronous},
};
use tokio::{
    net::TcpListener,
    sync::oneshot,
    time::{sleep, timeout},
};

use crate::client::Client;

const REQUESTS: u64 = 10_000;
const CLIENTS: usize = 32;
const CONNECTIONS: u32 = 4;
const LINES: i64 = 2;
const SEED: u64 = 0x1CE_B00DA;
/// Limit for every wait: no request takes as long.
const LONG: Duration = Duration::from_secs(30);

/// Number of runs of the work after a commit.
#[in_layer(Common)]
#[derive(Clone, Default)]
struct Followed(Arc<AtomicU64>);

#[container]
struct App {
    #[input]
    db: SqlitePool,
    #[input]
    followed: Followed,
}

#[repository]
struct Orders;

impl Orders {
    async fn add(&self, tx: &mut Tx<Sqlite>, id: i64) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO orders VALUES (?)").bind(id).execute(tx).await?;
        Ok(())
    }
}

#[repository]
struct Lines;

impl Lines {
    async fn add(&self, tx: &mut Tx<Sqlite>, order: i64) -> sqlx::Result<()> {
        sqlx::query("INSERT INTO line VALUES (?)").bind(order).execute(tx).await?;
        Ok(())
    }
}

#[service]
struct Shop {
    orders: Orders,
    lines: Lines,
}

impl Shop {
    /// Writes an order and its lines, with pauses in which a client can disconnect.
    async fn order(&self, tx: &mut Tx<Sqlite>, id: i64, ends: &str) -> Result<(), OrderError> {
        self.orders.add(tx, id).await?;
        if id % 4 == 0 {
            sleep(Duration::from_millis(1)).await;
        }
        assert!(ends != "panic-half-way", "out of cheese");
        if ends == "reject-half-way" {
            return Err(OrderError::SoldOut);
        }
        for _ in 0..LINES {
            self.lines.add(tx, id).await?;
            tokio::task::yield_now().await;
        }
        match ends {
            "reject" => Err(OrderError::SoldOut),
            "panic" => panic!("out of cheese"),
            // A line without an order: the database refuses the commit.
            "spoil" => Ok(self.lines.add(tx, -1).await?),
            _ => Ok(()),
        }
    }
}

#[derive(Debug, thiserror::Error, Problem)]
enum OrderError {
    #[error("the item is sold out")]
    #[problem(status = 409)]
    SoldOut,
    #[error("the orders cannot be stored")]
    Storage(#[from] sqlx::Error),
}

#[post("/orders/{id}/{ends}", public)]
async fn order(
    #[layering(allow, reason = "a test of the transaction itself")] mut tx: Tx<Sqlite>,
    Inject(shop): Inject<Shop>,
    Inject(followed): Inject<Followed>,
    Path((id, ends)): Path<(i64, String)>,
) -> Result<String, OrderError> {
    shop.order(&mut tx, id, &ends).await?;
    tx.on_commit(async move {
        followed.0.fetch_add(1, Ordering::Relaxed);
    });
    Ok(format!("ordered {id}"))
}

/// Behavior of a client.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Plan {
    Commit,
    Reject { half_way: bool },
    Panic { half_way: bool },
    Spoil,
    Disconnect(Moment),
}

/// Moment at which a client disconnects.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Moment {
    /// In the middle of the request head.
    Sending,
    /// This long after the request head.
    After(Duration),
    /// After it has read the status line.
    Status,
}

impl Plan {
    /// Returns the plan of the request with that number. It is the same in each run.
    fn of(id: u64) -> Self {
        let random = random(SEED ^ id);
        let (percent, rest) = (random % 100, random / 100);
        let half_way = rest.is_multiple_of(2);
        match percent {
            0..60 => Self::Commit,
            60..70 => Self::Reject { half_way },
            70..76 => Self::Panic { half_way },
            76..80 => Self::Spoil,
            _ => Self::Disconnect(match rest % 10 {
                0 => Moment::Sending,
                1 => Moment::Status,
                _ => Moment::After(Duration::from_micros(rest / 10 % 40_000)),
            }),
        }
    }

    fn path(self) -> &'static str {
        match self {
            Self::Commit | Self::Disconnect(_) => "keep",
            Self::Reject { half_way: false } => "reject",
            Self::Reject { half_way: true } => "reject-half-way",
            Self::Panic { half_way: false } => "panic",
            Self::Panic { half_way: true } => "panic-half-way",
            Self::Spoil => "spoil",
        }
    }

    fn status(self) -> u16 {
        match self {
            Self::Commit | Self::Disconnect(_) => 200,
            Self::Reject { .. } | Self::Spoil => 409,
            Self::Panic { .. } => 500,
        }
    }
}

/// `SplitMix64`.
fn random(seed: u64) -> u64 {
    let mut z = seed.wrapping_mul(0x9E37_79B9_7F4A_7C15);
    z = (z ^ (z >> 30)).wrapping_mul(0xBF58_476D_1CE4_E5B9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94D0_49BB_1331_11EB);
    z ^ (z >> 31)
}

/// Client that sends one request after another.
struct Customer {
    address: SocketAddr,
    observer: SqlitePool,
    next: Arc<AtomicU64>,
    connection: Option<Client>,
}

impl Customer {
    async fn run(mut self) -> io::Result<()> {
        loop {
            let id = self.next.fetch_add(1, Ordering::Relaxed);
            if id >= REQUESTS {
                return Ok(());
            }
            timeout(LONG, self.request(id)).await.map_err(|_| io::Error::other(format!("{id} hangs")))??;
        }
    }

    async fn request(&mut self, id: u64) -> io::Result<()> {
        let plan = Plan::of(id);
        let line = format!("POST /orders/{id}/{}", plan.path());
        let mut client = match self.connection.take() {
            Some(client) => client,
            None => Client::connect(self.address).await?,
        };
        match plan {
            Plan::Disconnect(Moment::Sending) => return client.write(&line).await,
            Plan::Disconnect(Moment::After(delay)) => {
                client.send(&line).await?;
                sleep(delay).await;
                return Ok(());
            }
            _ => client.send(&line).await?,
        }
        let status = client.status().await?;
        // First of all, read what a second connection sees at this moment.
        let (orders, lines): (i64, i64) = sqlx::query_as(
            "SELECT (SELECT count(*) FROM orders WHERE id = ?1), (SELECT count(*) FROM line WHERE id = ?1)",
        )
        .bind(id.cast_signed())
        .fetch_one(&self.observer)
        .await
        .map_err(io::Error::other)?;
        assert_eq!(status, plan.status(), "{id}: {plan:?}");
        let expected = if status == 200 { (1, LINES) } else { (0, 0) };
        assert_eq!((orders, lines), expected, "{id}: {plan:?}, answered with {status}");
        if plan != Plan::Disconnect(Moment::Status) {
            let body = client.body().await?;
            assert!(status != 200 || body == format!("ordered {id}"), "{id}: {body}");
            self.connection = Some(client);
        }
        Ok(())
    }
}

/// Numbers of requests by result.
#[derive(Debug, Default)]
struct Tally {
    committed: u64,
    rejected: u64,
    panicked: u64,
    refused_at_commit: u64,
    disconnected_committed: u64,
    disconnected_rolled_back: u64,
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { committed, rejected, panicked, refused_at_commit, .. } = self;
        let (kept, undone) = (self.disconnected_committed, self.disconnected_rolled_back);
        write!(
            f,
            "{committed} committed, {rejected} rejected, {panicked} panicked, {refused_at_commit} refused at the commit, \
             {} disconnected (of which {kept} committed and {undone} rolled back)",
            kept + undone,
        )
    }
}

/// Folder of the database, removed on drop.
struct Folder(PathBuf);

impl Folder {
    fn new() -> Self {
        let path = env::temp_dir().join(format!("inject-soak-{}", process::id()));
        fs::create_dir_all(&path).expect("a new folder");
        Self(path)
    }
}

impl Drop for Folder {
    fn drop(&mut self) {
        // A folder that cannot be removed is left to the system.
        let _ = fs::remove_dir_all(&self.0);
    }
}

async fn database(folder: &Folder) -> (SqlitePool, SqlitePool) {
    let options = SqliteConnectOptions::new()
        .filename(folder.0.join("database"))
        .create_if_missing(true)
        .journal_mode(SqliteJournalMode::Wal)
        .synchronous(SqliteSynchronous::Normal)
        .busy_timeout(LONG);
    let pool = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(LONG);
    let pool = pool.connect_with(options.clone()).await.expect("a new database");
    let tables = "CREATE TABLE orders (id INTEGER PRIMARY KEY);
        CREATE TABLE line (id INTEGER REFERENCES orders (id) DEFERRABLE INITIALLY DEFERRED);
        CREATE INDEX line_id ON line (id);";
    sqlx::raw_sql(tables).execute(&pool).await.expect("new tables");
    let observer = SqlitePoolOptions::new().max_connections(CONNECTIONS).acquire_timeout(LONG);
    (pool, observer.connect_with(options.read_only(true)).await.expect("the same database"))
}

/// Counts the requests by result, and asserts that the database has the rows of the successful ones and no others.
async fn tally(observer: &SqlitePool) -> Tally {
    let orders: Vec<i64> =
        sqlx::query_scalar("SELECT id FROM orders").fetch_all(observer).await.expect("orders");
    let lines: Vec<(i64, i64)> =
        sqlx::query_as("SELECT id, count(*) FROM line GROUP BY id").fetch_all(observer).await.expect("lines");
    let mut lines: HashMap<i64, i64> = lines.into_iter().collect();
    let mut orders: HashMap<i64, i64> = orders.into_iter().map(|id| (id, 1)).collect();
    let mut tally = Tally::default();
    for id in 0..REQUESTS {
        let key = id.cast_signed();
        let is_stored = match (orders.remove(&key), lines.remove(&key)) {
            (Some(1), Some(LINES)) => true,
            (None, None) => false,
            half => panic!("{id} is stored in part: {half:?}"),
        };
        let plan = Plan::of(id);
        let count = match plan {
            Plan::Commit => &mut tally.committed,
            Plan::Reject { .. } => &mut tally.rejected,
            Plan::Panic { .. } => &mut tally.panicked,
            Plan::Spoil => &mut tally.refused_at_commit,
            Plan::Disconnect(_) if is_stored => &mut tally.disconnected_committed,
            Plan::Disconnect(_) => &mut tally.disconnected_rolled_back,
        };
        *count += 1;
        match plan {
            Plan::Disconnect(Moment::Sending) => assert!(!is_stored, "{id} was never sent"),
            Plan::Disconnect(Moment::After(_)) => {}
            _ => assert_eq!(is_stored, plan.status() == 200, "{id}: {plan:?}"),
        }
    }
    assert!(orders.is_empty() && lines.is_empty(), "rows without a request: {orders:?} {lines:?}");
    tally
}

/// Asserts that all connections are back in the pool, work, and are not in a transaction.
async fn assert_clean(pool: &SqlitePool) {
    let idle = async {
        while pool.num_idle() != pool.size() as usize {
            sleep(Duration::from_millis(1)).await;
        }
    };
    timeout(LONG, idle).await.expect("all connections come back");
    assert!((1..=CONNECTIONS).contains(&pool.size()), "{}", pool.size());
    let mut connections = Vec::new();
    for _ in 0..CONNECTIONS {
        let mut connection = pool.acquire().await.expect("a connection");
        assert!(!connection.is_in_transaction());
        // SQLite refuses it within a transaction, and during another write transaction.
        sqlx::raw_sql("BEGIN IMMEDIATE; ROLLBACK")
            .execute(&mut *connection)
            .await
            .expect("a clean connection");
        connections.push(connection);
    }
    assert_eq!((pool.size(), pool.num_idle()), (CONNECTIONS, 0));
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

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn a_client_that_reads_a_success_finds_its_data_and_no_other_data_is_stored() {
    hide_expected_panics();
    let start = Instant::now();
    let folder = Folder::new();
    let (pool, observer) = database(&folder).await;
    let followed = Followed::default();
    let inputs = AppInputs { db: pool.clone(), followed: followed.clone() };
    let app = App::builder(inputs).build().await.expect("nothing fails");
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a port");
    let address = listener.local_addr().expect("an address");
    let (stop, stopped) = oneshot::channel::<()>();
    let routes: Routes<App> = routes![order];
    let server = serve(listener, app, routes).deadline(LONG).until(async {
        _ = stopped.await;
    });
    let server = tokio::spawn(server.into_future());

    let next = Arc::new(AtomicU64::new(0));
    let customers: Vec<_> = (0..CLIENTS)
        .map(|_| Customer { address, observer: observer.clone(), next: Arc::clone(&next), connection: None })
        .map(|customer| tokio::spawn(customer.run()))
        .collect();
    let all = async {
        for customer in customers {
            customer.await.expect("no assertion failed").expect("no connection broke");
        }
    };
    timeout(Duration::from_mins(5), all).await.expect("done in time");

    stop.send(()).expect("it is running");
    timeout(2 * LONG, server).await.expect("it stops").expect("no panic").expect("a clean end");
    assert_clean(&pool).await;
    let tally = tally(&observer).await;
    println!("{tally}; {} connections, in {:.1?}", pool.size(), start.elapsed());
    let kept = tally.committed + tally.disconnected_committed;
    assert_eq!(followed.0.load(Ordering::Relaxed), kept, "the work after a commit runs once for each");
    // Otherwise the test has not covered both.
    assert!(tally.disconnected_committed > 0 && tally.disconnected_rolled_back > 0, "{tally}");
}
