//! What a container binds to ports of the request scope: other bindings in other containers, aliases, generic ports, credentials.

use std::sync::Arc;

use axum::{Router, http::StatusCode, routing::get as plain_get};
use inject_runtime::{
    Bearer, Inject, PerRequest, Port, Routes, container, get, inject, repository, routes, service,
};

use crate::support::{Log, authorized, get, send};

/// Value that is provided once for each request, however often it is asked for.
#[derive(Clone)]
struct Stamp(usize);

#[inject]
fn stamp(Inject(log): Inject<Log>) -> Stamp {
    Stamp(log.add("stamp"))
}

/// A port of services, which routes take.
#[service(scope = request)]
trait Greeting: Send {
    fn text(&self) -> String;
}

#[service(scope = request)]
struct English {
    stamp: Stamp,
}

impl Greeting for English {
    fn text(&self) -> String {
        format!("hello {}", self.stamp.0)
    }
}

#[service(scope = request)]
struct German;

impl Greeting for German {
    fn text(&self) -> String {
        "hallo".to_owned()
    }
}

#[get("/greeting", public)]
async fn greet(greeting: Port<dyn Greeting>, stamp: Stamp) -> String {
    format!("{} {}", greeting.text(), stamp.0)
}

#[container]
struct EnglishApp {
    #[input]
    log: Log,
    #[bind(English)]
    greeting: PerRequest<dyn Greeting>,
}

#[container]
struct GermanApp {
    #[input]
    log: Log,
    #[bind(German)]
    greeting: PerRequest<dyn Greeting>,
}

async fn english() -> Arc<EnglishApp> {
    EnglishApp::builder(EnglishAppInputs { log: Log::default() }).build().await.unwrap()
}

async fn german() -> Arc<GermanApp> {
    GermanApp::builder(GermanAppInputs { log: Log::default() }).build().await.unwrap()
}

#[tokio::test]
async fn two_containers_bind_one_port() {
    let (english, german) = (english().await, german().await);
    let routes: Routes<EnglishApp> = routes![greet];
    let router = routes.into_router(Arc::clone(&english));
    assert_eq!(get(&router, "/greeting").await.body, "hello 0 0");
    assert_eq!(english.log.count("stamp"), 1);
    let routes: Routes<GermanApp> = routes![greet];
    let router = routes.into_router(Arc::clone(&german));
    assert_eq!(get(&router, "/greeting").await.body, "hallo 0");
}

#[tokio::test]
async fn an_endpoint_that_is_a_plain_handler_has_a_plan_for_each_container() {
    // The German one first: there the stamp has one dependent.
    let (english, german) = (english().await, german().await);
    let of_german = Router::new().route("/greeting", plain_get(greet)).with_state(Arc::clone(&german));
    let of_english = Router::new().route("/greeting", plain_get(greet)).with_state(Arc::clone(&english));
    for number in 0..3 {
        assert_eq!(get(&of_german, "/greeting").await.body, format!("hallo {number}"));
        assert_eq!(get(&of_english, "/greeting").await.body, format!("hello {number} {number}"), "shared");
    }
    assert_eq!((german.log.count("stamp"), english.log.count("stamp")), (3, 3));
}

/// Ports, components and containers that other macros write, with types under other names.
mod written {
    use super::{Greeting, Log, PerRequest, Port, container, get, service};

    pub(super) type DynGreeting = dyn Greeting;
    pub(super) type Greeter = Port<DynGreeting>;

    macro_rules! application {
        ($app:ident, $port:ty, $implementation:ty, $parameter:ty, $endpoint:ident) => {
            #[service(scope = request)]
            pub(super) struct Politeness {
                greeting: $parameter,
            }

            #[get("/polite", public)]
            pub(super) async fn $endpoint(politeness: Politeness, direct: Greeter) -> String {
                format!("{}, {}", politeness.greeting.text(), direct.text())
            }

            #[container]
            pub(super) struct $app {
                #[input]
                log: Log,
                #[bind($implementation)]
                greeting: PerRequest<$port>,
            }
        };
    }

    application!(PoliteApp, DynGreeting, super::English, Greeter, polite);
}

#[tokio::test]
async fn aliases_and_macros_name_ports() {
    let log = Log::default();
    let inputs = written::PoliteAppInputs { log: log.clone() };
    let app = written::PoliteApp::builder(inputs).build().await.unwrap();
    let routes: Routes<written::PoliteApp> = routes![written::polite];
    assert_eq!(get(&routes.into_router(app), "/polite").await.body, "hello 0, hello 0");
    assert_eq!(log.take(), ["stamp"]);
}

/// A generic port, with two bindings in one container.
#[repository(scope = request)]
trait Store<T>: Send
where
    T: Send,
{
    fn load(&self) -> Vec<T>;
}

#[repository(scope = request)]
struct Numbers;

impl Store<u8> for Numbers {
    fn load(&self) -> Vec<u8> {
        vec![1, 2]
    }
}

impl Store<String> for Numbers {
    fn load(&self) -> Vec<String> {
        vec!["three".to_owned()]
    }
}

/// The output of a provider, cached, behind a port.
#[derive(Clone)]
struct Tariff(u32);

#[inject(layer = inject_runtime::layer::Repository)]
async fn tariff(Inject(log): Inject<Log>) -> Tariff {
    log.add("tariff");
    Tariff(7)
}

#[repository(scope = request)]
trait Prices: Send {
    fn price(&self) -> u32;
}

impl Prices for Tariff {
    fn price(&self) -> u32 {
        self.0
    }
}

#[service(scope = request)]
struct Sums {
    numbers: Port<dyn Store<u8>>,
    texts: Port<dyn Store<String>>,
    prices: Port<dyn Prices>,
    again: Port<dyn Prices>,
}

#[get("/sums", public)]
async fn sums(sums: Sums) -> String {
    let prices = sums.prices.price() + sums.again.price();
    format!("{:?} {:?} {prices}", sums.numbers.load(), sums.texts.load())
}

#[container]
struct Sorted {
    #[input]
    log: Log,
    #[bind(Numbers)]
    numbers: PerRequest<dyn Store<u8>>,
    #[bind(Numbers)]
    texts: PerRequest<dyn Store<String>>,
    #[bind(Tariff)]
    prices: PerRequest<dyn Prices>,
}

#[tokio::test]
async fn a_port_is_generic_and_has_the_output_of_a_provider_behind_it() {
    let app = Sorted::builder(SortedInputs { log: Log::default() }).build().await.unwrap();
    let routes: Routes<Sorted> = routes![sums];
    let router = routes.into_router(Arc::clone(&app));
    assert_eq!(get(&router, "/sums").await.body, "[1, 2] [\"three\"] 14");
    assert_eq!(app.log.take(), ["tariff"], "a cached output is provided once");
}

/// What is behind the port needs credentials.
#[service(scope = request)]
struct Personal {
    bearer: Bearer,
}

impl Greeting for Personal {
    fn text(&self) -> String {
        self.bearer.token().to_owned()
    }
}

#[container]
struct PersonalApp {
    #[input]
    log: Log,
    #[bind(Personal)]
    greeting: PerRequest<dyn Greeting>,
}

#[derive(Clone)]
struct Caller(String);

#[inject]
fn caller(bearer: Bearer) -> Caller {
    Caller(bearer.token().to_owned())
}

#[get("/mine", authenticated = Caller)]
async fn mine(caller: Caller, greeting: Port<dyn Greeting>) -> String {
    format!("{} {}", caller.0, greeting.text())
}

#[tokio::test]
async fn credentials_are_demanded_behind_a_port() {
    let app = PersonalApp::builder(PersonalAppInputs { log: Log::default() }).build().await.unwrap();
    let routes: Routes<PersonalApp> = routes![mine];
    let router = routes.into_router(Arc::clone(&app));
    assert_eq!(send(&router, authorized("GET", "/mine", "ada")).await.body, "ada ada");
    assert_eq!(get(&router, "/mine").await.status, StatusCode::UNAUTHORIZED);
}

#[tokio::test]
#[should_panic(
    expected = "is not public: `greeting: Port<dyn Greeting>` rejects requests without credentials"
)]
async fn a_public_endpoint_demands_no_credentials_behind_a_port() {
    let app = PersonalApp::builder(PersonalAppInputs { log: Log::default() }).build().await.unwrap();
    let routes: Routes<PersonalApp> = routes![greet];
    let _ = routes.into_router(app);
}

#[test]
fn the_document_describes_what_is_behind_a_port() {
    let routes: Routes<PersonalApp> = routes![mine];
    let document = serde_json::to_value(routes.openapi()).unwrap();
    let operation = &document["paths"]["/mine"]["get"];
    assert_eq!(operation["security"][0], serde_json::json!({ "bearer": [] }), "{operation}");
    let routes: Routes<PersonalApp> = routes![mine, greet];
    let document = routes.openapi();
    let document = serde_json::to_value(document).unwrap();
    assert!(document["paths"]["/greeting"]["get"]["responses"]["401"].is_object(), "{document}");
    let routes: Routes<GermanApp> = routes![greet];
    let document = serde_json::to_value(routes.openapi()).unwrap();
    assert!(document["paths"]["/greeting"]["get"]["responses"]["401"].is_null(), "{document}");
}
