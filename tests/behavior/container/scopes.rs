//! Singletons, which dependents share, and transient components, of which each has its own.

use std::sync::{
    Arc,
    atomic::{AtomicUsize, Ordering},
};

use inject_runtime::{Inject, Routes, container, get, routes, service};

use crate::support;

/// A component with state is a singleton.
#[service]
struct Counter {
    #[init]
    count: AtomicUsize,
}

impl Counter {
    fn next(&self) -> usize {
        self.count.fetch_add(1, Ordering::Relaxed) + 1
    }
}

/// A component that is nothing but its dependencies is transient.
#[service]
struct Visits {
    counter: Arc<Counter>,
}

#[get("/visits", public)]
async fn visits(Inject(visits): Inject<Visits>) -> String {
    visits.counter.next().to_string()
}

#[container]
struct App {
    counter: Arc<Counter>,
}

#[tokio::test]
async fn a_counter_counts_over_requests() {
    let app = App::builder().build().await.expect("nothing fails");
    let routes: Routes<App> = routes![visits];
    let router = routes.into_router(app);
    for expected in ["1", "2", "3"] {
        assert_eq!(support::get(&router, "/visits").await.body, expected);
    }
}

static KEYS: AtomicUsize = AtomicUsize::new(0);

/// A component with a constructor is a singleton.
struct Keys;

#[service]
impl Keys {
    #[inject]
    fn derive() -> Self {
        KEYS.fetch_add(1, Ordering::Relaxed);
        Self
    }
}

#[service]
struct Signer {
    _keys: Arc<Keys>,
}

#[service]
struct Verifier {
    _keys: Arc<Keys>,
}

#[container]
struct Signatures {
    keys: Arc<Keys>,
    signer: Arc<Signer>,
    verifier: Arc<Verifier>,
}

#[tokio::test]
async fn a_constructor_runs_once() {
    let app = Signatures::builder().build().await.expect("nothing fails");
    let _: (Signer, Verifier) = (app.resolve(), app.resolve());
    assert_eq!(KEYS.load(Ordering::Relaxed), 1);
}

/// A stateless component that is a singleton because it says so, and one with state that is not.
#[service(scope = singleton)]
struct Stateless;

#[service(scope = transient)]
struct Draft {
    #[init]
    words: AtomicUsize,
}

#[container]
struct Stated {
    stateless: Arc<Stateless>,
}

#[tokio::test]
async fn the_scope_can_be_stated() {
    let app = Stated::builder().build().await.expect("nothing fails");
    let (one, two): (Arc<Stateless>, Arc<Stateless>) = (app.resolve(), app.resolve());
    assert!(Arc::ptr_eq(&one, &two));
    let (one, two): (Draft, Draft) = (app.resolve(), app.resolve());
    one.words.store(7, Ordering::Relaxed);
    assert_eq!(two.words.load(Ordering::Relaxed), 0);
}

#[service]
trait Reads: Send + Sync {
    fn read(&self) -> usize;
}

#[service]
trait Writes: Send + Sync {
    fn write(&self, value: usize);
}

#[service]
struct Store {
    #[init]
    value: AtomicUsize,
}

impl Reads for Store {
    fn read(&self) -> usize {
        self.value.load(Ordering::Relaxed)
    }
}

impl Writes for Store {
    fn write(&self, value: usize) {
        self.value.store(value, Ordering::Relaxed);
    }
}

#[container]
struct TwoPorts {
    #[bind(Store)]
    reads: Arc<dyn Reads>,
    #[bind(Store)]
    writes: Arc<dyn Writes>,
    #[bind(Store)]
    all: Vec<Arc<dyn Reads>>,
}

#[container]
struct Listed {
    #[bind(Store)]
    reads: Arc<dyn Reads>,
    store: Arc<Store>,
}

fn open() -> Arc<Store> {
    Arc::new(Store { value: AtomicUsize::new(5) })
}

/// The store is the output of a factory.
#[container]
struct Made {
    #[bind(Store)]
    reads: Arc<dyn Reads>,
    #[factory(open)]
    store: Arc<Store>,
}

#[tokio::test]
async fn a_singleton_behind_two_ports_is_one() {
    let app = TwoPorts::builder().build().await.expect("nothing fails");
    app.writes.write(3);
    assert_eq!(app.reads.read(), 3);
    assert_eq!(app.all[0].read(), 3);
}

#[tokio::test]
async fn a_binding_of_a_field_is_that_field() {
    let app = Listed::builder().build().await.expect("nothing fails");
    app.store.write(4);
    assert_eq!(app.reads.read(), 4);
    let made = Made::builder().build().await.expect("nothing fails");
    assert_eq!(made.reads.read(), 5);
}

#[tokio::test]
async fn a_replaced_port_leaves_the_other_one() {
    #[service]
    struct Seven;

    impl Reads for Seven {
        fn read(&self) -> usize {
            7
        }
    }
    let app = TwoPorts::builder().reads(Arc::new(Seven)).build().await.expect("nothing fails");
    app.writes.write(1);
    assert_eq!((app.reads.read(), app.all[0].read()), (7, 1));
}

#[test]
fn the_graph_shows_the_scopes() {
    use inject_runtime::graph::Scope;

    let view = App::graph().with::<Visits>().view();
    let scope = |id: &str| view.vertices().iter().find(|vertex| vertex.id == id).map(|vertex| vertex.scope);
    assert_eq!(scope("counter"), Some(Scope::Singleton));
    assert_eq!(scope("Visits"), Some(Scope::Transient));
}
