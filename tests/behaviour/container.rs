//! Containers, from the start to the end of their lives.

use std::{sync::{Arc, atomic::{AtomicU64, Ordering}}, time::Duration, convert::Infallible};
use inject_runtime::{container, repository, service, shared, infrastructure, Qualified};

#[shared(layer_only)]
pub struct Settings { pub name: &'static str }

#[infrastructure(layer_only)]
#[derive(Clone)]
pub struct Pool(&'static str);

pub struct Replica;

#[repository]
pub struct Users { pool: Pool, #[qualifier(Replica)] replica: Pool }

#[service]
pub trait Mailer: Send + Sync { fn send(&self) -> &'static str; }

#[service]
pub struct SmtpMailer { settings: Arc<Settings> }
impl Mailer for SmtpMailer { fn send(&self) -> &'static str { self.settings.name } }
#[service]
pub struct OtherMailer;
impl Mailer for OtherMailer { fn send(&self) -> &'static str { "other" } }

#[service]
pub struct Accounts { users: Users, mailer: Arc<dyn Mailer>, #[inject(default)] hits: AtomicU64, #[inject(with = Duration::from_secs(3))] ttl: Duration }

pub struct Index(&'static str);
#[service]
impl Index {
    #[inject]
    async fn open(settings: Arc<Settings>) -> Result<Self, Infallible> { Ok(Self(settings.name)) }
}

async fn connect(settings: Arc<Settings>) -> Result<Pool, Infallible> { Ok(Pool(settings.name)) }
fn connect_replica(_: Arc<Settings>, primary: Pool) -> Pool { Pool(if primary.0 == "x" { "replica" } else { "?" }) }
async fn close(pool: &Pool) { let _ = pool.0; }

#[container]
pub struct App {
    accounts: Arc<Accounts>,
    #[provided] settings: Arc<Settings>,
    #[factory(connect)] #[on_shutdown(close)] pool: Pool,
    #[factory(connect_replica)] #[qualifier(Replica)] replica: Pool,
    #[bind(SmtpMailer)] mailer: Arc<dyn Mailer>,
    #[bind(SmtpMailer, OtherMailer)] all: Vec<Arc<dyn Mailer>>,
    index: Arc<Index>,
    #[cfg(any())] gone: Arc<Gone>,
}

#[tokio::test]
async fn works() {
    let app = App::builder(AppInputs { settings: Arc::new(Settings { name: "x" }) }).build().await.unwrap();
    assert_eq!(app.mailer.send(), "x");
    assert_eq!(app.all.iter().map(|m| m.send()).collect::<Vec<_>>(), ["x", "other"]);
    assert_eq!(app.index.0, "x");
    let users: Users = app.inject();
    assert_eq!(users.pool.0, "x");
    assert_eq!(users.replica.0, "replica");
    let accounts: Accounts = app.inject();
    accounts.hits.fetch_add(1, Ordering::Relaxed);
    assert_eq!(accounts.ttl.as_secs(), 3);
    assert_eq!(accounts.mailer.send(), "x");
    let _ = accounts.users;
    println!("{}", App::graph().to_mermaid());
    println!("{}", App::graph().to_json());
    app.shutdown().await.unwrap();
}
