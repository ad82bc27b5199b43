//! Injection: the values that components and containers get.

use std::{
    fmt,
    sync::{
        Arc,
        atomic::{AtomicU64, AtomicUsize, Ordering},
    },
    time::Duration,
};

use inject_runtime::{
    Qualified, container, in_layer, infrastructure,
    layer::{Common, Infrastructure},
    repository, service,
};

#[in_layer(Common)]
#[derive(Debug)]
struct Settings {
    sender: &'static str,
}

#[in_layer(Infrastructure)]
#[derive(Clone, Debug, PartialEq)]
struct Pool(&'static str);

struct Replica;

#[repository]
struct Users {
    pool: Pool,
    #[qualifier(Replica)]
    replica: Pool,
}

#[service]
trait Mailer: Send + Sync {
    fn sender(&self) -> &'static str;
}

impl fmt::Debug for dyn Mailer {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.sender())
    }
}

#[service]
struct SmtpMailer {
    settings: Arc<Settings>,
}

impl Mailer for SmtpMailer {
    fn sender(&self) -> &'static str {
        self.settings.sender
    }
}

#[service]
struct NullMailer;

impl Mailer for NullMailer {
    fn sender(&self) -> &'static str {
        "null"
    }
}

#[service(scope = transient)]
struct Accounts {
    users: Users,
    mailer: Arc<dyn Mailer>,
    #[init]
    hits: AtomicU64,
    #[init(Duration::from_secs(3))]
    ttl: Duration,
}

fn connect(settings: Arc<Settings>) -> Pool {
    assert_eq!(settings.sender, "news@example.org");
    drop(settings);
    Pool("primary")
}

#[container]
#[derive(Debug)]
struct App {
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    #[bind(SmtpMailer, NullMailer)]
    mailers: Vec<Arc<dyn Mailer>>,
    #[factory(connect)]
    pool: Pool,
    #[factory(|primary: Pool| { assert_eq!(primary.0, "primary"); Pool("replica") })]
    #[qualifier(Replica)]
    replica: Pool,
    #[input]
    settings: Arc<Settings>,
}

fn inputs() -> AppInputs {
    AppInputs { settings: Arc::new(Settings { sender: "news@example.org" }) }
}

#[tokio::test]
async fn a_component_by_value_is_built_with_all_its_dependencies() {
    let app = App::builder(inputs()).build().await.expect("nothing fails");
    let accounts: Accounts = app.resolve();
    assert_eq!(accounts.users.pool, Pool("primary"));
    assert_eq!(accounts.users.replica, Pool("replica"));
    assert_eq!(accounts.mailer.sender(), "news@example.org");
    assert_eq!(accounts.ttl, Duration::from_secs(3));
}

#[tokio::test]
async fn each_dependent_gets_a_value_of_its_own_and_the_same_arc() {
    let app = App::builder(inputs()).build().await.expect("nothing fails");
    let (one, two): (Accounts, Accounts) = (app.resolve(), app.resolve());
    one.hits.fetch_add(1, Ordering::Relaxed);
    assert_eq!(two.hits.load(Ordering::Relaxed), 0);
    assert!(Arc::ptr_eq(&one.mailer, &two.mailer));
}

#[tokio::test]
async fn many_bindings_keep_their_order() {
    let app = App::builder(inputs()).build().await.expect("nothing fails");
    let senders: Vec<_> = app.mailers.iter().map(|mailer| mailer.sender()).collect();
    assert_eq!(senders, ["news@example.org", "null"]);
}

#[tokio::test]
async fn a_container_has_exactly_the_fields_that_are_declared() {
    let app = App::builder(inputs()).build().await.expect("nothing fails");
    assert_eq!(
        format!("{app:?}"),
        "App { mailer: news@example.org, mailers: [news@example.org, null], pool: Pool(\"primary\"), \
         replica: Pool(\"replica\"), settings: Settings { sender: \"news@example.org\" } }",
    );
    let replica: Qualified<Pool, Replica> = app.resolve();
    assert_eq!(*replica, app.replica);
}

#[tokio::test]
async fn a_replaced_field_is_used_in_every_place_of_the_original() {
    let app = App::builder(inputs())
        .mailer(Arc::new(NullMailer))
        .replica(Pool("other"))
        .build()
        .await
        .expect("nothing fails");
    let accounts: Accounts = app.resolve();
    assert_eq!(accounts.mailer.sender(), "null");
    assert_eq!(accounts.users.replica, Pool("other"));
}

static CONNECTIONS: AtomicUsize = AtomicUsize::new(0);

struct Connection;

#[infrastructure(scope = transient)]
impl Connection {
    #[inject]
    fn open() -> Self {
        CONNECTIONS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

#[repository]
struct Orders {
    _connection: Connection,
}

#[service]
trait Ledger: Send + Sync {}

#[service]
struct OrderLedger {
    _orders: Orders,
}

impl Ledger for OrderLedger {}
impl Ledger for NullMailer {}

#[container]
struct Shop {
    #[bind(OrderLedger)]
    ledger: Arc<dyn Ledger>,
}

#[tokio::test]
async fn dependencies_of_a_replaced_field_alone_are_not_built() {
    let shop = Shop::builder().ledger(Arc::new(NullMailer)).build().await.expect("nothing fails");
    assert_eq!(CONNECTIONS.load(Ordering::Relaxed), 0);
    drop(shop.ledger.clone());
    Shop::builder().build().await.expect("nothing fails");
    assert_eq!(CONNECTIONS.load(Ordering::Relaxed), 1);
}

#[test]
fn new_takes_the_dependencies_in_the_order_of_the_fields() {
    let users = Users::new(Pool("primary"), Pool("replica"));
    let accounts = Accounts::new(users, Arc::new(NullMailer));
    assert_eq!(accounts.users.pool, Pool("primary"));
    assert_eq!(accounts.ttl, Duration::from_secs(3));
}
