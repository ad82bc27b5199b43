//! Modules: parts of a container with private components, requirements, defaults and contributions.

use std::{error::Error as _, io, sync::Arc};

use axum::http::StatusCode;
use inject_runtime::{Inject, Routes, container, module, routes, service};

use crate::support::{Log, get};

/// A feature, as a crate would have it: its components are private.
mod catalog {
    use std::sync::atomic::{AtomicUsize, Ordering};

    use inject_runtime::{Includes, get};

    use super::{Arc, Check, Inject, Log, Routes, io, module, routes, service};

    /// A value that the application has.
    #[derive(Clone, Debug, PartialEq)]
    pub(crate) struct Pool(pub(crate) &'static str);

    #[service]
    pub(crate) trait Cache: Send + Sync {
        fn name(&self) -> &'static str;
    }

    #[service]
    struct Memory;

    impl Cache for Memory {
        fn name(&self) -> &'static str {
            "memory"
        }
    }

    struct Index {
        pool: Pool,
        log: Log,
        reads: AtomicUsize,
    }

    #[service]
    impl Index {
        #[inject]
        async fn open(#[external] pool: Pool, log: Log) -> Result<Self, io::Error> {
            tokio::task::yield_now().await;
            if pool.0 == "broken" {
                return Err(io::Error::other("no such table"));
            }
            log.add("open");
            Ok(Self { pool, log, reads: AtomicUsize::new(0) })
        }

        fn read(&self) -> usize {
            self.reads.fetch_add(1, Ordering::Relaxed) + 1
        }
    }

    async fn close(index: &Index) {
        index.log.add("close");
    }

    #[service]
    pub(crate) struct Search {
        index: Arc<Index>,
        cache: Arc<dyn Cache>,
    }

    impl Search {
        pub(crate) fn find(&self) -> String {
            format!("{} {} {}", self.index.pool.0, self.cache.name(), self.index.read())
        }
    }

    #[service]
    struct CatalogCheck {
        index: Arc<Index>,
    }

    impl Check for CatalogCheck {
        fn name(&self) -> &'static str {
            self.index.pool.0
        }
    }

    #[module]
    pub(crate) struct Catalog {
        #[required]
        pool: Pool,
        #[required]
        log: Log,
        #[on_shutdown(close)]
        index: Arc<Index>,
        #[bind(Memory)]
        cache: Arc<dyn Cache>,
        #[contribute]
        #[bind(CatalogCheck)]
        checks: Vec<Arc<dyn Check>>,
    }

    #[get("/search", public)]
    async fn search(Inject(search): Inject<Search>) -> String {
        search.find()
    }

    /// The routes of the feature, for each application that includes it.
    pub(crate) fn routes<C: Includes<Catalog>>() -> Routes<C> {
        routes![search]
    }
}

/// A feature that is in another one, and that takes a port of the first.
mod shop {
    use super::{Arc, Check, catalog::Search, module, service};

    #[service]
    pub(crate) struct Ledger {
        #[init(40)]
        pub(crate) entries: usize,
    }

    #[module]
    pub(crate) struct Accounting {
        ledger: Arc<Ledger>,
    }

    #[service]
    struct Orders {
        search: Arc<Search>,
        ledger: Arc<Ledger>,
    }

    #[service]
    struct ShopCheck {
        orders: Arc<Orders>,
    }

    impl Check for ShopCheck {
        fn name(&self) -> &'static str {
            let Orders { search, ledger } = &*self.orders;
            assert_eq!((search.find().is_empty(), ledger.entries), (false, 40));
            "shop"
        }
    }

    #[module]
    pub(crate) struct Shop {
        #[required]
        search: Arc<Search>,
        #[include]
        accounting: Arc<Accounting>,
        orders: Arc<Orders>,
        #[contribute]
        #[bind(ShopCheck)]
        check: Arc<dyn Check>,
    }
}

use catalog::{Cache, Catalog, Pool, Search};
use shop::{Ledger, Shop};

#[service]
pub(crate) trait Check: Send + Sync {
    fn name(&self) -> &'static str;
}

#[service]
struct OwnCheck;

impl Check for OwnCheck {
    fn name(&self) -> &'static str {
        "own"
    }
}

#[service]
struct Redis;

impl Cache for Redis {
    fn name(&self) -> &'static str {
        "redis"
    }
}

#[service]
struct Metrics {
    #[init]
    _count: usize,
}

#[container]
struct App {
    #[input]
    pool: Pool,
    #[input]
    log: Log,
    #[include]
    catalog: Arc<Catalog>,
    #[include]
    shop: Arc<Shop>,
    search: Arc<Search>,
    #[bind(OwnCheck)]
    #[collect]
    checks: Vec<Arc<dyn Check>>,
    #[provided_by(shop)]
    ledger: Arc<Ledger>,
    #[optional]
    metrics: Option<Arc<Metrics>>,
    #[optional]
    cache: Option<Arc<dyn Cache>>,
}

fn inputs(pool: &'static str) -> (AppInputs, Log) {
    let log = Log::default();
    (AppInputs { pool: Pool(pool), log: log.clone() }, log)
}

#[tokio::test]
async fn a_module_has_components_of_its_own() {
    let (inputs, log) = inputs("main");
    let app = App::builder(inputs).build().await.expect("nothing fails");
    assert_eq!(log.take(), ["open"]);
    let (one, two): (Search, Search) = (app.resolve(), app.resolve());
    assert_eq!((one.find().as_str(), two.find().as_str()), ("main memory 1", "main memory 2"));
    app.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["close"]);
}

#[tokio::test]
async fn the_routes_of_a_module_work_in_each_application_that_includes_it() {
    let app = App::builder(inputs("main").0).build().await.expect("nothing fails");
    let routes: Routes<App> = Routes::new().merge(catalog::routes());
    let answer = get(&routes.into_router(app), "/search").await;
    assert_eq!((answer.status, answer.body.as_str()), (StatusCode::OK, "main memory 1"));
}

#[tokio::test]
async fn contributions_are_collected_in_the_order_of_the_modules() {
    let app = App::builder(inputs("main").0).build().await.expect("nothing fails");
    let checks: Vec<_> = app.checks.iter().map(|check| check.name()).collect();
    assert_eq!(checks, ["own", "main", "shop"]);
}

#[tokio::test]
async fn values_are_taken_from_modules_and_may_be_missing() {
    let app = App::builder(inputs("main").0).build().await.expect("nothing fails");
    assert_eq!(app.ledger.entries, 40);
    assert!(app.metrics.is_none());
    assert_eq!(app.cache.as_ref().expect("the module has one").name(), "memory");
}

#[tokio::test]
async fn a_test_replaces_fields_of_a_module() {
    let (inputs, log) = inputs("broken");
    let error = App::builder(inputs).catalog(|catalog| catalog.cache(Arc::new(Redis))).build().await;
    let error = error.err().expect("the index fails");
    assert_eq!(error.field(), "catalog");
    assert!(log.is_empty());
    let (inputs, _) = self::inputs("main");
    let app = App::builder(inputs)
        .catalog(|catalog| catalog.cache(Arc::new(Redis)))
        .catalog(|catalog| catalog.pool(Pool("other")))
        .build()
        .await
        .expect("nothing fails");
    assert_eq!(app.resolve::<Search>().find(), "other redis 1");
}

#[tokio::test]
async fn the_error_of_a_module_tells_the_whole_way() {
    let error = App::builder(inputs("broken").0).build().await.err().expect("the index fails");
    let catalog = error.source().expect("the error of the module");
    let index = catalog.source().expect("the error of the constructor");
    assert!(error.to_string().starts_with("cannot build `catalog: Arc<Catalog>` of `App`"), "{error}");
    assert!(catalog.to_string().starts_with("cannot build `index: Arc<Index>` of `Catalog`"), "{catalog}");
    assert!(catalog.to_string().contains("modules.rs:"), "{catalog}");
    assert_eq!(index.to_string(), "no such table");
}

#[tokio::test]
async fn a_module_starts_alone() {
    let log = Log::default();
    let inputs = catalog::CatalogInputs { pool: Pool("alone"), log: log.clone() };
    let catalog = Catalog::builder(inputs).build().await.expect("nothing fails");
    assert_eq!(catalog.resolve::<Search>().find(), "alone memory 1");
    catalog.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["open", "close"]);
}

#[tokio::test]
async fn a_slice_starts_only_the_modules_that_it_needs() {
    let (inputs, log) = inputs("main");
    let pool = App::builder(inputs).build_only::<Pool>().await.expect("nothing fails");
    assert_eq!(*pool, Pool("main"));
    assert!(log.is_empty());
    let (inputs, log) = self::inputs("main");
    let search = App::builder(inputs).build_only::<Search>().await.expect("nothing fails");
    assert_eq!(search.find(), "main memory 1");
    search.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["open", "close"]);
}

struct OfShop;

/// An application that chooses another implementation of a default.
#[container]
struct Replaced {
    #[input]
    pool: Pool,
    #[input]
    log: Log,
    #[bind(Redis)]
    #[qualifier(OfShop)]
    redis: Arc<dyn Cache>,
    #[include(cache = redis)]
    catalog: Arc<Catalog>,
    #[collect]
    checks: Vec<Arc<dyn Check>>,
}

#[tokio::test]
async fn an_application_replaces_the_default_of_a_module() {
    let inputs = ReplacedInputs { pool: Pool("main"), log: Log::default() };
    let app = Replaced::builder(inputs).build().await.expect("nothing fails");
    assert_eq!(app.resolve::<Search>().find(), "main redis 1");
    assert_eq!(app.checks.len(), 1);
}

#[test]
fn the_graph_has_a_box_for_each_module() {
    let graph = App::graph();
    let view = graph.view();
    assert_eq!(view.modules(), ["catalog", "shop", "shop.accounting"]);
    let json = graph.to_json();
    for part in [
        r#""id": "catalog.index", "type": "Arc<Index>""#,
        r#"{ "from": "search", "to": "catalog.index", "name": "index", "kind": "inward" }"#,
        r#"{ "from": "catalog.pool", "to": "pool", "name": "pool", "kind": "parameter" }"#,
        r#"{ "from": "shop.search", "to": "search", "name": "search", "kind": "parameter" }"#,
        r#"{ "from": "ledger", "to": "shop", "kind": "built" }"#,
    ] {
        assert!(json.contains(part), "{part}\n{json}");
    }
    assert!(graph.to_mermaid().contains("subgraph module_0[\"module catalog\"]"), "{}", graph.to_mermaid());
    assert!(graph.to_dot().contains("label=\"module shop.accounting\""), "{}", graph.to_dot());
}

/// A container that includes a module directly and in another one.
#[container]
struct Twice {
    #[input]
    pool: Pool,
    #[input]
    log: Log,
    #[include]
    catalog: Arc<Catalog>,
    #[include]
    accounting: Arc<shop::Accounting>,
    search: Arc<Search>,
    #[include]
    shop: Arc<Shop>,
    #[collect]
    checks: Vec<Arc<dyn Check>>,
}

#[tokio::test]
async fn a_module_is_in_an_application_once() {
    let inputs = TwiceInputs { pool: Pool("main"), log: Log::default() };
    let error = Twice::builder(inputs).build().await.err().expect("the module is there twice");
    assert_eq!(error.field(), "shop");
    let cause = error.source().expect("a cause").to_string();
    assert!(
        cause.starts_with("the module is in `Twice` twice, as `accounting` and as `shop.accounting`"),
        "{cause}"
    );
}
