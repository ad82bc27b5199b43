//! Bindings and factories within the layers, and with a reason outside of them.

use std::{collections::HashMap, sync::Arc};

use inject_runtime::{
    common, component, container, in_layer, infrastructure, layer,
    layer::{Common, Infrastructure},
    repository, service,
};

#[layer(may_depend_on(Infrastructure), used_by(inject_runtime::layer::Service))]
struct Gateway;

#[component(layer = Gateway)]
trait Mailer: Send + Sync {}

#[infrastructure]
struct Smtp;

#[component(layer = Gateway)]
struct Console;

impl Mailer for Smtp {}
impl Mailer for Console {}

#[service]
trait Clock: Send + Sync {}

#[common]
struct SystemClock;

impl Clock for SystemClock {}

#[service]
trait Store: Send + Sync {}

#[repository]
struct Files;

impl Store for Files {}

trait Plain: Send + Sync {}

impl Plain for Smtp {}

#[in_layer(Common)]
struct Settings;

#[in_layer(Infrastructure)]
#[derive(Clone)]
struct Client;

fn client(_settings: Arc<Settings>) -> Client {
    Client
}

fn second(_client: Client, _port: u16) -> HashMap<u8, Client> {
    HashMap::new()
}

fn store(_files: Files, _client: Client) -> Arc<Files> {
    Arc::new(Files)
}

fn same(files: Arc<Files>) -> Option<Arc<Files>> {
    Some(files)
}

#[in_layer(inject_runtime::layer::Repository)]
struct Cache;

#[service]
struct Accounts;

fn excepted(_accounts: Accounts) -> u64 {
    7
}

struct Second;
struct Third;

#[container]
struct App {
    #[input]
    settings: Arc<Settings>,
    #[input]
    port: u16,
    #[bind(Smtp)]
    mailer: Arc<dyn Mailer>,
    #[bind(Console, Smtp)]
    mailers: Vec<Arc<dyn Mailer>>,
    #[bind(SystemClock)]
    clock: Arc<dyn Clock>,
    #[bind(Files)]
    store: Arc<dyn Store>,
    #[bind(Smtp)]
    plain: Arc<dyn Plain>,
    #[factory(client)]
    client: Client,
    #[factory(second)]
    second: HashMap<u8, Client>,
    #[factory(store)]
    files: Arc<Files>,
    #[factory(same)]
    same: Option<Arc<Files>>,
    #[factory(|_client: Client, _files: Arc<Files>| Arc::new(Cache))]
    cache: Arc<Cache>,
    #[factory(excepted)]
    #[layering(allow, reason = "the number is computed once")]
    excepted: u64,
    #[bind(Smtp)]
    #[qualifier(Second)]
    #[layering(allow, reason = "until there is a port for it")]
    excepted_clock: Arc<dyn Clock>,
    #[bind(Accounts)]
    #[qualifier(Third)]
    #[layering(allow, reason = "the framework calls back")]
    excepted_plain: Arc<dyn Plain>,
}

impl Clock for Smtp {}
impl Plain for Accounts {}

fn main() {}
