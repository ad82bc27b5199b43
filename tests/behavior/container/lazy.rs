//! Values that are built when they are first asked for.

use std::{
    error::Error as _,
    io,
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
};

use inject_runtime::{Lazy, LazyError, common, container, service};
use tokio::sync::Notify;

use crate::support::Log;

/// Switches of one test: what the construction does.
#[derive(Clone, Default)]
struct Switches(Arc<State>);

#[derive(Default)]
struct State {
    starts: AtomicUsize,
    is_broken: AtomicBool,
    panics: AtomicBool,
    waits: AtomicBool,
    go: Notify,
    log: Log,
}

struct Search {
    log: Log,
}

#[service]
impl Search {
    #[inject]
    async fn open(#[external] switches: Switches) -> Result<Self, io::Error> {
        let state = &switches.0;
        state.starts.fetch_add(1, Ordering::Relaxed);
        if state.waits.load(Ordering::Relaxed) {
            state.go.notified().await;
        }
        assert!(!state.panics.load(Ordering::Relaxed), "the index is upside down");
        if state.is_broken.load(Ordering::Relaxed) {
            Err(io::Error::other("no index"))
        } else {
            Ok(Self { log: state.log.clone() })
        }
    }
}

#[service]
struct Catalog {
    search: Lazy<Arc<Search>>,
}

async fn close(search: &Search) {
    search.log.add("closed");
}

#[container]
struct App {
    #[input]
    switches: Switches,
    #[on_shutdown(close)]
    search: Lazy<Arc<Search>>,
    catalog: Arc<Catalog>,
}

async fn start() -> (Arc<App>, Switches) {
    let switches = Switches::default();
    let inputs = AppInputs { switches: switches.clone() };
    (App::builder(inputs).build().await.expect("nothing fails"), switches)
}

fn starts(switches: &Switches) -> usize {
    switches.0.starts.load(Ordering::Relaxed)
}

#[tokio::test]
async fn a_lazy_value_is_built_once_when_it_is_asked_for() {
    let (app, switches) = start().await;
    assert_eq!(starts(&switches), 0);
    assert!(app.search.started().is_none());
    let one = Arc::clone(app.catalog.search.get().await.expect("opens"));
    let two = app.search.get().await.expect("opens");
    assert!(Arc::ptr_eq(&one, two));
    assert_eq!(starts(&switches), 1);
}

#[tokio::test]
async fn all_who_ask_wait_for_one_start() {
    let (app, switches) = start().await;
    switches.0.waits.store(true, Ordering::Relaxed);
    let asked: Vec<_> = (0..8)
        .map(|_| {
            let search = app.search.clone();
            tokio::spawn(async move { search.get().await.map(Arc::clone) })
        })
        .collect();
    while starts(&switches) == 0 {
        tokio::task::yield_now().await;
    }
    switches.0.go.notify_one();
    for asked in asked {
        asked.await.expect("does not panic").expect("opens");
    }
    assert_eq!(starts(&switches), 1);
}

#[tokio::test]
async fn a_failure_is_that_of_all_who_waited_and_the_next_start_succeeds() {
    let (app, switches) = start().await;
    switches.0.is_broken.store(true, Ordering::Relaxed);
    let (one, two) = tokio::join!(app.search.get(), app.search.get());
    let errors = [one.map(drop).expect_err("no index"), two.map(drop).expect_err("no index")];
    for error in &errors {
        let source = error.source().expect("the error of the constructor");
        assert_eq!(source.to_string(), "no index");
        assert_eq!(error.field(), "search");
        let location = error.location().expect("a place");
        assert_eq!(
            error.to_string(),
            format!("cannot build `search: Lazy<Arc<Search>>` of `App`, declared at {location}"),
        );
    }
    assert_eq!(starts(&switches), 1);
    switches.0.is_broken.store(false, Ordering::Relaxed);
    app.search.get().await.expect("opens");
    assert_eq!(starts(&switches), 2);
}

#[tokio::test]
async fn a_panic_is_an_error() {
    let (app, switches) = start().await;
    switches.0.panics.store(true, Ordering::Relaxed);
    let error = app.search.get().await.map(drop).expect_err("panics");
    assert!(error.to_string().ends_with("its construction panicked: the index is upside down"), "{error}");
    switches.0.panics.store(false, Ordering::Relaxed);
    app.search.get().await.expect("opens");
}

#[tokio::test]
async fn a_start_goes_on_when_the_one_who_asked_leaves() {
    let (app, switches) = start().await;
    switches.0.waits.store(true, Ordering::Relaxed);
    let search = app.search.clone();
    let asked = tokio::spawn(async move { search.get().await.map(drop) });
    while starts(&switches) == 0 {
        tokio::task::yield_now().await;
    }
    asked.abort();
    drop(asked.await);
    switches.0.go.notify_one();
    app.search.get().await.expect("opens");
    assert_eq!(starts(&switches), 1);
}

#[tokio::test]
async fn a_hook_runs_if_there_is_a_value() {
    let (app, switches) = start().await;
    app.shutdown().await.expect("nothing fails");
    assert!(switches.0.log.is_empty());
    let error = app.search.get().await.map(drop).expect_err("it is shut down");
    assert!(error.to_string().ends_with("its container is shut down"), "{error}");
    let (app, switches) = start().await;
    app.search.get().await.expect("opens");
    app.shutdown().await.expect("nothing fails");
    assert_eq!(switches.0.log.take(), ["closed"]);
}

#[tokio::test]
async fn the_value_of_a_container_that_is_gone_is_not_built() {
    let (app, switches) = start().await;
    let search = app.search.clone();
    drop(app);
    let error = search.get().await.map(drop).expect_err("the container is gone");
    assert!(error.to_string().ends_with("its container is shut down"), "{error}");
    assert_eq!(starts(&switches), 0);
}

#[tokio::test]
async fn a_test_passes_a_value() {
    let inputs = AppInputs { switches: Switches::default() };
    let search = Lazy::from(Arc::new(Search { log: Log::default() }));
    let app = App::builder(inputs).search(search).build().await.expect("nothing fails");
    assert!(app.catalog.search.started().is_some());
    app.catalog.search.get().await.expect("it is there");
}

/// Two components that need each other, one of them lazily.
#[service]
struct Hen {
    egg: Lazy<Arc<Egg>>,
}

#[service]
struct Egg {
    hen: Arc<Hen>,
}

#[common]
trait Clock: Send + Sync {
    fn name(&self) -> &'static str;
}

#[common]
struct SystemClock;

impl Clock for SystemClock {
    fn name(&self) -> &'static str {
        "system"
    }
}

#[derive(Clone)]
struct Client(&'static str);

async fn connect(clock: Lazy<Arc<dyn Clock>>) -> Result<Client, LazyError> {
    Ok(Client(clock.get().await?.name()))
}

#[container]
struct Farm {
    hen: Arc<Hen>,
    egg: Lazy<Arc<Egg>>,
    #[bind(SystemClock)]
    clock: Lazy<Arc<dyn Clock>>,
    #[factory(connect)]
    client: Lazy<Client>,
}

#[tokio::test]
async fn a_ring_is_broken_by_a_lazy_value() {
    let farm = Farm::builder().build().await.expect("nothing fails");
    let egg = farm.hen.egg.get().await.expect("is laid");
    assert!(Arc::ptr_eq(&egg.hen, &farm.hen));
}

#[tokio::test]
async fn ports_and_the_outputs_of_factories_can_be_lazy() {
    let farm = Farm::builder().build().await.expect("nothing fails");
    assert_eq!(farm.client.get().await.expect("connects").0, "system");
}

#[test]
fn the_graph_has_the_edges_of_lazy_values() {
    let json = Farm::graph().to_json();
    for edge in [
        r#"{ "from": "hen", "to": "egg", "name": "egg", "kind": "inward" }"#,
        r#"{ "from": "egg", "to": "hen", "name": "hen", "kind": "inward" }"#,
        r#"{ "from": "client", "to": "clock", "kind": "parameter" }"#,
    ] {
        assert!(json.contains(edge), "{json}");
    }
}

#[test]
fn without_a_runtime_nothing_is_built() {
    let runtime = tokio::runtime::Builder::new_current_thread().build().expect("a runtime");
    let (app, switches) = runtime.block_on(start());
    let error = futures_util::FutureExt::now_or_never(app.search.get()).expect("nothing to wait for");
    let error = error.map(drop).expect_err("there is no runtime");
    assert!(error.to_string().ends_with("there is no Tokio runtime"), "{error}");
    assert_eq!(starts(&switches), 0);
}

#[tokio::test]
async fn a_start_in_progress_is_stopped_with_its_value() {
    let (app, switches) = start().await;
    switches.0.waits.store(true, Ordering::Relaxed);
    let search = app.search.clone();
    let asked = tokio::spawn(async move { search.get().await.map(drop) });
    while starts(&switches) == 0 {
        tokio::task::yield_now().await;
    }
    let (stopped, ()) = tokio::join!(app.shutdown(), async { switches.0.go.notify_one() });
    stopped.expect("nothing fails");
    asked.await.expect("does not panic").expect("opens");
    assert_eq!(switches.0.log.take(), ["closed"]);
}

#[tokio::test]
async fn a_value_without_a_hook_is_not_built_after_the_shutdown() {
    let farm = Farm::builder().build().await.expect("nothing fails");
    farm.shutdown().await.expect("nothing fails");
    let error = farm.client.get().await.map(drop).expect_err("it is shut down");
    assert!(error.to_string().ends_with("its container is shut down"), "{error}");
}
