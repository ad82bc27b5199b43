//! Parts of a container, and what replaced fields need no longer.

use std::{error::Error as _, io, sync::Arc};

use inject_runtime::{container, service};

use crate::support::Log;

#[derive(Clone)]
struct Client;

async fn connect() -> Result<Client, io::Error> {
    Err(io::Error::other("no route to host"))
}

#[service]
trait Mailer: Send + Sync {}

#[service]
struct SmtpMailer {
    #[external]
    _client: Client,
}

impl Mailer for SmtpMailer {}

#[service]
struct FakeMailer;

impl Mailer for FakeMailer {}

#[service]
struct Accounts {
    _mailer: Arc<dyn Mailer>,
}

#[service]
struct Prices {
    log: Log,
}

struct Cache(Log);

#[service]
impl Cache {
    #[inject]
    async fn fill(log: Log) -> Result<Self, io::Error> {
        tokio::task::yield_now().await;
        log.add("filled");
        Ok(Self(log))
    }
}

async fn empty(cache: &Cache) {
    cache.0.add("emptied");
}

#[service]
struct Checkout {
    _prices: Prices,
    _cache: Arc<Cache>,
}

#[container]
struct App {
    #[input]
    log: Log,
    #[factory(connect)]
    client: Client,
    #[bind(SmtpMailer)]
    mailer: Arc<dyn Mailer>,
    accounts: Arc<Accounts>,
    #[on_shutdown(empty)]
    cache: Arc<Cache>,
}

fn builder() -> (AppBuilder, Log) {
    let log = Log::default();
    (App::builder(AppInputs { log: log.clone() }), log)
}

#[tokio::test]
async fn a_slice_has_what_one_component_needs() {
    let (builder, log) = builder();
    let prices = builder.build_only::<Prices>().await.expect("nothing fails");
    prices.log.add("priced");
    prices.shutdown().await.expect("there is no hook");
    assert_eq!(log.take(), ["priced"]);
}

#[tokio::test]
async fn a_slice_shuts_down_what_it_has_built() {
    let (builder, log) = builder();
    let checkout = builder.build_only::<Checkout>().await.expect("nothing fails");
    assert_eq!(log.take(), ["filled"]);
    checkout.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["emptied"]);
    let (builder, log) = self::builder();
    drop(builder.build_only::<Arc<Cache>>().await.expect("nothing fails"));
    for _ in 0..100 {
        tokio::task::yield_now().await;
    }
    assert_eq!(log.take(), ["filled", "emptied"]);
}

#[tokio::test]
async fn what_is_replaced_needs_nothing() {
    let (builder, _) = builder();
    let accounts = builder.mailer(Arc::new(FakeMailer)).build_only::<Arc<Accounts>>().await;
    accounts.expect("the client is not connected").shutdown().await.expect("there is no hook");
}

#[tokio::test]
async fn the_error_of_a_slice_names_its_fields() {
    let (builder, _) = builder();
    let error = builder.build_only::<Arc<Accounts>>().await.err().expect("the client fails");
    assert_eq!(error.dependents(), ["mailer", "accounts"]);
    assert_eq!(error.source().expect("the cause").to_string(), "no route to host");
}

#[tokio::test]
async fn an_error_does_not_name_what_is_replaced() {
    let (builder, _) = builder();
    let error = builder.mailer(Arc::new(FakeMailer)).build().await.err().expect("the client fails");
    assert_eq!(error.field(), "client");
    assert_eq!(error.dependents(), [""; 0]);
    assert!(!error.to_string().contains("mailer"), "{error}");
}
