//! Cost of resolving a component: by value, as an `Arc`, and as a port.
//!
//! ```text
//! cargo bench -p inject-benches --bench resolve
//! ```

use std::{error::Error, sync::Arc};

use inject_benches::{Pair, compare, is_bench_run, repeat};
use inject_runtime::{container, in_layer, layer::Infrastructure, repository, service};

/// Pool that is cheap to clone, as connection pools are: one reference count.
#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Pool {
    connections: Arc<Vec<String>>,
}

#[repository]
struct Users {
    pool: Pool,
}

#[repository]
struct Orders {
    pool: Pool,
}

#[repository]
struct Stock {
    pool: Pool,
}

#[service]
struct Checkout {
    users: Users,
    orders: Orders,
    stock: Stock,
    #[layering(allow, reason = "the bench measures the clone of the pool")]
    pool: Pool,
}

#[service]
struct Signup {
    checkout: Checkout,
    index: Arc<Index>,
    mailer: Arc<dyn Mailer>,
}

#[service]
struct Index {
    users: Users,
}

#[service]
trait Mailer: Send + Sync {
    fn sender(&self) -> usize;
}

#[service]
struct SmtpMailer {
    index: Arc<Index>,
}

impl Mailer for SmtpMailer {
    fn sender(&self) -> usize {
        self.index.size()
    }
}

impl Index {
    fn size(&self) -> usize {
        self.users.pool.connections.len()
    }
}

impl Checkout {
    /// Reads every dependency, so that the compiler cannot remove any of them.
    fn size(&self) -> usize {
        let pools = [&self.users.pool, &self.orders.pool, &self.stock.pool, &self.pool];
        pools.iter().map(|pool| pool.connections.len()).sum()
    }
}

impl Signup {
    fn size(&self) -> usize {
        self.checkout.size() + self.index.size() + self.mailer.sender()
    }
}

#[container]
struct App {
    #[input]
    pool: Pool,
    index: Arc<Index>,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
}

// Each function is separate and not inlined, so that both sides are called alike and the compiler cannot move code
// out of the loop.

#[inline(never)]
fn service_by_hand(app: &App) -> Checkout {
    Checkout {
        users: Users { pool: app.pool.clone() },
        orders: Orders { pool: app.pool.clone() },
        stock: Stock { pool: app.pool.clone() },
        pool: app.pool.clone(),
    }
}

#[inline(never)]
fn service_injected(app: &App) -> Checkout {
    app.resolve()
}

#[inline(never)]
fn nested_by_hand(app: &App) -> Signup {
    let checkout = Checkout {
        users: Users { pool: app.pool.clone() },
        orders: Orders { pool: app.pool.clone() },
        stock: Stock { pool: app.pool.clone() },
        pool: app.pool.clone(),
    };
    Signup { checkout, index: app.index.clone(), mailer: app.mailer.clone() }
}

#[inline(never)]
fn nested_injected(app: &App) -> Signup {
    app.resolve()
}

#[inline(never)]
fn shared_by_hand(app: &App) -> Arc<Index> {
    app.index.clone()
}

#[inline(never)]
fn shared_injected(app: &App) -> Arc<Index> {
    app.resolve()
}

#[inline(never)]
fn port_by_hand(app: &App) -> Arc<dyn Mailer> {
    app.mailer.clone()
}

#[inline(never)]
fn port_injected(app: &App) -> Arc<dyn Mailer> {
    app.resolve()
}

/// Number of iterations of each pair.
const ITERATIONS: u64 = 10_000;

fn main() -> Result<(), Box<dyn Error>> {
    if !is_bench_run() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().build()?;
    let pool = Pool { connections: Arc::new(vec!["one".to_owned()]) };
    let app = runtime.block_on(App::builder(AppInputs { pool }).build())?;
    assert_eq!(service_by_hand(&app).size(), service_injected(&app).size(), "both sides build the same");
    assert_eq!(nested_by_hand(&app).size(), nested_injected(&app).size(), "both sides build the same");

    compare(&[
        Pair {
            name: "T: three repositories and a pool",
            hand: &|times| repeat(times, || service_by_hand(&app)),
            inject: &|times| repeat(times, || service_injected(&app)),
            iterations: ITERATIONS,
        },
        Pair {
            name: "T: that T, Arc<T>, Arc<dyn T>",
            hand: &|times| repeat(times, || nested_by_hand(&app)),
            inject: &|times| repeat(times, || nested_injected(&app)),
            iterations: ITERATIONS,
        },
        Pair {
            name: "Arc<T>",
            hand: &|times| repeat(times, || shared_by_hand(&app)),
            inject: &|times| repeat(times, || shared_injected(&app)),
            iterations: ITERATIONS,
        },
        Pair {
            name: "Arc<dyn T>",
            hand: &|times| repeat(times, || port_by_hand(&app)),
            inject: &|times| repeat(times, || port_injected(&app)),
            iterations: ITERATIONS,
        },
    ])?;
    Ok(())
}
