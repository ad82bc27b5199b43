//! Ports of the request scope: `Port<dyn P>` in a component, `PerRequest<dyn P>` in the container.

use std::{future::pending, io, sync::Arc, time::Duration};

use axum::{
    Router,
    http::StatusCode,
    routing::{get as plain_get, post as plain_post},
};
use futures_util::future::BoxFuture;
use inject_runtime::{
    Bearer, Inject, Outcome, PerRequest, Port, Problem, RequestScope, RequestScopeLayer, Routes, ScopeError,
    Teardown, container, get, infrastructure, inject, post, repository, routes, service, tx::Tx,
};
use sqlx::{Sqlite, SqlitePool, sqlite::SqlitePoolOptions};

use crate::support::{Log, authorized, bounded, get, request, send};

/// Port over the unit of work. It is not `Sync`.
#[repository(scope = request)]
trait Users: Send {
    fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>>;
}

#[service(scope = request)]
struct Registration {
    users: Port<dyn Users>,
    audit: Port<dyn Audit>,
}

impl Registration {
    async fn register(&mut self, name: &str) -> Result<(), Problem> {
        self.users.add(name).await.map_err(|_| Problem::new(StatusCode::CONFLICT))?;
        self.audit.note(&format!("registered {name}"));
        Ok(())
    }
}

/// Resource that logs the outcome.
#[derive(Clone)]
struct Lease(Log);

impl Teardown for Lease {
    type Error = io::Error;

    async fn teardown(self, outcome: Outcome) -> Result<(), io::Error> {
        self.0.add(format!("{outcome:?}"));
        Ok(())
    }
}

#[inject(teardown)]
fn lease(Inject(log): Inject<Log>) -> Lease {
    Lease(log)
}

/// Value that is provided once for each request, however often it is asked for.
#[derive(Clone)]
struct Stamp(usize);

#[inject]
fn stamp(Inject(log): Inject<Log>) -> Stamp {
    Stamp(log.add("stamp"))
}

#[repository(scope = request)]
struct SqlUsers {
    tx: Tx<Sqlite>,
    stamp: Stamp,
    lease: Lease,
}

impl Users for SqlUsers {
    fn add<'a>(&'a mut self, name: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        let _ = (&self.stamp, &self.lease);
        Box::pin(async move {
            let connection = &mut *self.tx.acquire().await?;
            sqlx::query("INSERT INTO names VALUES (?)").bind(name).execute(connection).await.map(drop)
        })
    }
}

#[repository(scope = request)]
trait Audit: Send {
    fn note(&mut self, what: &str);
}

#[infrastructure(scope = request)]
trait Sink: Send {
    fn write(&mut self, line: String);
}

/// Behind a port, and takes another.
#[repository(scope = request)]
struct Journal {
    stamp: Stamp,
    sink: Port<dyn Sink>,
}

impl Audit for Journal {
    fn note(&mut self, what: &str) {
        self.sink.write(format!("{}: {what}", self.stamp.0));
    }
}

#[infrastructure(scope = request)]
struct LogSink {
    log: Inject<Log>,
}

impl Sink for LogSink {
    fn write(&mut self, line: String) {
        self.log.add(line);
    }
}

#[container]
struct App {
    #[input]
    pool: SqlitePool,
    #[input]
    log: Log,
    #[bind(SqlUsers)]
    users: PerRequest<dyn Users>,
    #[bind(Journal)]
    audit: PerRequest<dyn Audit>,
    #[bind(LogSink)]
    sink: PerRequest<dyn Sink>,
}

async fn pool() -> SqlitePool {
    // One connection: a second transaction would wait for the first.
    let pool = SqlitePoolOptions::new()
        .max_connections(1)
        .acquire_timeout(Duration::from_secs(5))
        .connect("sqlite::memory:")
        .await
        .unwrap();
    sqlx::query("CREATE TABLE names (name TEXT UNIQUE)").execute(&pool).await.unwrap();
    pool
}

async fn app() -> Arc<App> {
    App::builder(AppInputs { pool: pool().await, log: Log::default() }).build().await.unwrap()
}

async fn names(app: &App) -> Vec<String> {
    sqlx::query_scalar("SELECT name FROM names ORDER BY name").fetch_all(&app.pool).await.unwrap()
}

#[post("/one", public)]
async fn one(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await
}

#[post("/twice", public)]
async fn twice(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    registration.register("Ada").await
}

#[post("/panic", public)]
async fn panicking(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    panic!("after the write");
}

#[post("/hang", public)]
async fn hanging(mut registration: Registration) -> Result<(), Problem> {
    registration.register("Ada").await?;
    pending().await
}

fn all() -> Routes<App> {
    routes![one, twice, panicking, hanging, two_services]
}

/// Another service over the same ports.
#[service(scope = request)]
struct Import {
    users: Port<dyn Users>,
    audit: Port<dyn Audit>,
}

#[post("/two", public)]
async fn two_services(mut registration: Registration, mut import: Import) -> Result<(), Problem> {
    registration.register("Ada").await?;
    import.audit.note("imports");
    import.users.add("Emmy").await.map_err(|_| Problem::new(StatusCode::CONFLICT))
}

#[tokio::test]
async fn a_service_over_the_unit_of_work_commits_through_a_port() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
    assert_eq!(app.log.take(), ["stamp", "0: registered Ada", "Success"], "the stamp is shared");
}

#[tokio::test]
async fn a_service_over_the_unit_of_work_rolls_back_through_a_port() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/twice")).await.status, StatusCode::CONFLICT);
    assert_eq!(send(&router, request("POST", "/panic")).await.status, StatusCode::INTERNAL_SERVER_ERROR);
    assert!(names(&app).await.is_empty());
    let events = app.log.take();
    assert_eq!(events, ["stamp", "0: registered Ada", "Failure(409)", "stamp", "1: registered Ada", "Panic"]);
}

#[tokio::test]
async fn what_is_behind_a_port_is_closed_when_the_client_leaves() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    let left =
        tokio::time::timeout(Duration::from_millis(200), send(&router, request("POST", "/hang"))).await;
    assert!(left.is_err(), "it hangs");
    app.log.until("Cancelled").await;
    assert!(bounded(names(&app)).await.is_empty());
}

#[tokio::test]
async fn each_dependent_has_an_implementation_of_its_own_in_one_unit_of_work() {
    let app = app().await;
    let router = all().into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/two")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada", "Emmy"]);
    let events = app.log.take();
    assert_eq!(events, ["stamp", "0: registered Ada", "0: imports", "Success"], "one stamp, one lease");
}

#[tokio::test]
async fn a_port_is_resolved_without_a_request() {
    let app = app().await;
    RequestScope::of(&app)
        .run(async |mut registration: Registration| registration.register("Ada").await.map_err(|_| failed()))
        .await
        .unwrap();
    assert_eq!(names(&app).await, ["Ada"]);
}

fn failed() -> ScopeError {
    ScopeError::NotClosed
}

/// The fake of a unit test: three lines.
struct Taken;
impl Users for Taken {
    fn add<'a>(&'a mut self, _: &'a str) -> BoxFuture<'a, sqlx::Result<()>> {
        Box::pin(async { Err(sqlx::Error::RowNotFound) })
    }
}

struct Silent;

impl Audit for Silent {
    fn note(&mut self, _: &str) {}
}

#[tokio::test]
async fn a_unit_test_puts_a_fake_behind_the_port() {
    let mut registration = Registration::new(Port::new(Taken), Port::new(Silent));
    assert_eq!(registration.register("Ada").await.unwrap_err().status(), StatusCode::CONFLICT);
}

#[test]
fn a_port_is_made_of_a_box_and_gives_it_back() {
    let port: Port<dyn Audit> = Port::from(Box::new(Silent) as Box<dyn Audit>);
    assert!(format!("{port:?}").contains("Port"));
    port.into_inner().note("nothing");
}

#[tokio::test]
async fn a_router_overrides_what_is_behind_a_port() {
    let app = app().await;
    let router = all().override_provider(|_| Port::<dyn Users>::new(Taken)).into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::CONFLICT);
    assert!(app.log.is_empty() || app.log.take() == ["stamp"], "the implementation does not run");
    assert!(names(&app).await.is_empty());
}

/// Replaces what is behind the port of a port.
struct Shout(Log);

impl Sink for Shout {
    fn write(&mut self, line: String) {
        self.0.add(line.to_uppercase());
    }
}

#[tokio::test]
async fn an_override_applies_at_any_depth() {
    let app = app().await;
    let log = app.log.clone();
    let router = all()
        .override_provider(move |_| Port::<dyn Sink>::new(Shout(log.clone())))
        .into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::OK);
    assert_eq!(app.log.take(), ["stamp", "0: REGISTERED ADA", "Success"]);
}

#[tokio::test]
async fn an_override_of_a_port_rejects_and_an_override_of_the_component_applies() {
    let app = app().await;
    let router = all()
        .override_provider(|_| Err::<Port<dyn Users>, _>(Problem::new(StatusCode::IM_A_TEAPOT)))
        .into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::IM_A_TEAPOT);
    let router =
        all().override_provider(|_| Err::<Journal, _>(StatusCode::GONE)).into_router(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/one")).await.status, StatusCode::GONE);
    assert!(names(&app).await.is_empty());
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

async fn plain(mut registration: Registration, mut sink: Port<dyn Sink>) -> Result<(), Problem> {
    sink.write("plain".to_owned());
    registration.register("Ada").await
}

#[tokio::test]
async fn a_plain_handler_takes_a_port() {
    let app = app().await;
    let routes: Routes<App> = Routes::new();
    let router = Router::new()
        .route("/plain", plain_post(plain))
        .layer(RequestScopeLayer::new(routes.tasks()))
        .with_state(Arc::clone(&app));
    assert_eq!(send(&router, request("POST", "/plain")).await.status, StatusCode::OK);
    assert_eq!(names(&app).await, ["Ada"]);
    assert_eq!(app.log.take(), ["stamp", "plain", "0: registered Ada", "Success"]);
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

#[test]
fn the_table_and_the_graph_show_ports() {
    let routes = all();
    let table = routes.table();
    assert_eq!(table.rows()[0].injects, ["Registration"]);
    let view = routes.graph().view();
    let has = |from: &str, to: &str| view.edges().iter().any(|edge| edge.from == from && edge.to == to);
    assert!(has("Registration", "users"), "{view:?}");
    assert!(has("users", "SqlUsers"), "{view:?}");
    assert!(has("audit", "Journal") && has("Journal", "sink") && has("sink", "LogSink"), "{view:?}");
    assert_eq!(view.start_order(), ["pool", "log"], "nothing is built for a port");
    let users = view.vertices().iter().find(|vertex| vertex.id == "users").unwrap();
    assert_eq!((users.layer, users.scope.name()), (Some("Repository"), "request"));
    assert!(
        App::graph().to_mermaid().contains("users -.->|bound| SqlUsers"),
        "{}",
        App::graph().to_mermaid()
    );
    assert!(App::graph().to_json().contains("\"recipe\": \"per request\""));
}
