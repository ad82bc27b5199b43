//! The start and the shutdown of a container, also when constructors and hooks fail.

use std::{
    error::Error as _,
    future::{pending, poll_fn},
    io,
    pin::Pin,
    sync::Arc,
    task::Poll,
    thread,
    time::Duration,
};

use inject_runtime::{ShutdownFailureReason, container, service};
use tokio::time::{Instant, sleep};

use crate::support::Log;

/// Components, each of which needs the one before it. They log their start, and their hooks log the stop.
macro_rules! chain {
    ($($name:ident($($before:ident)?): $label:literal, $close:ident($taken:ty);)*) => {$(
        struct $name(Log);

        #[service]
        impl $name {
            #[inject]
            async fn start(log: Log $(, _: Arc<$before>)?) -> Result<Self, io::Error> {
                tokio::task::yield_now().await;
                log.add(concat!("start ", $label));
                Ok(Self(log))
            }
        }

        async fn $close(component: &$taken) {
            tokio::task::yield_now().await;
            component.0.add(concat!("stop ", $label));
        }
    )*};
}

// A hook takes a reference to the field or to the component in its `Arc`.
chain! {
    A(): "a", close_a(A);
    B(A): "b", close_b(Arc<B>);
    C(B): "c", close_c(C);
    E(C): "e", close_e(Arc<E>);
}

#[container]
struct App {
    #[on_shutdown(close_e)]
    e: Arc<E>,
    #[on_shutdown(close_c)]
    c: Arc<C>,
    #[on_shutdown(close_a)]
    a: Arc<A>,
    #[on_shutdown(close_b)]
    b: Arc<B>,
    #[input]
    log: Log,
}

#[tokio::test]
async fn a_container_starts_in_dependency_order_and_stops_in_reverse() {
    let log = Log::default();
    let app = App::builder(AppInputs { log: log.clone() }).build().await.expect("nothing fails");
    assert_eq!(log.take(), ["start a", "start b", "start c", "start e"]);
    app.shutdown().await.expect("nothing fails");
    assert_eq!(log.take(), ["stop e", "stop c", "stop b", "stop a"]);
}

struct Failing;

#[service]
impl Failing {
    #[inject]
    fn start(_: Arc<C>) -> Result<Self, io::Error> {
        Err(io::Error::other("disk full"))
    }
}

#[service]
struct Dependent {
    _failing: Arc<Failing>,
}

#[service]
struct Outermost {
    _middle: Middle,
}

#[service]
struct Middle {
    _dependent: Arc<Dependent>,
}

#[container]
struct Doomed {
    #[on_shutdown(close_c)]
    c: Arc<C>,
    #[on_shutdown(close_a)]
    a: Arc<A>,
    #[on_shutdown(close_b)]
    b: Arc<B>,
    outermost: Arc<Outermost>,
    dependent: Arc<Dependent>,
    failing: Arc<Failing>,
    #[input]
    log: Log,
}

#[tokio::test]
async fn a_start_that_fails_stops_the_started_components_and_the_error_names_the_chain() {
    let log = Log::default();
    let error = Doomed::builder(DoomedInputs { log: log.clone() }).build().await.err().expect("a failure");
    assert_eq!(log.take(), ["start a", "start b", "start c", "stop c", "stop b", "stop a"]);
    assert_eq!(error.field(), "failing");
    assert_eq!(error.type_name(), "Arc<Failing>");
    assert_eq!(error.location().file, file!());
    assert_eq!(error.dependents(), ["dependent", "outermost"]);
    assert_eq!(
        error.to_string(),
        format!(
            "cannot build `failing: Arc<Failing>` of `Doomed`, declared at {}, needed by `dependent: Arc<Dependent>`, \
             needed by `outermost: Arc<Outermost>`",
            error.location(),
        ),
    );
    let source = error.source().expect("the error of the constructor");
    assert_eq!(source.to_string(), "disk full");
    assert_eq!(format!("{error:?}"), format!("{error}\n  caused by: disk full"));
    assert!(error.rollback_error().is_none());
}

struct Broken;

#[service]
impl Broken {
    #[inject]
    async fn start(_: Arc<B>) -> Result<Self, io::Error> {
        Err(io::Error::other("disk full"))
    }
}

#[service]
struct NeedsBroken {
    _broken: Arc<Broken>,
}

struct Late;

#[service]
impl Late {
    #[inject]
    fn start(_: Arc<NeedsBroken>, log: Log) -> Self {
        log.add("start last");
        Self
    }
}

#[container]
struct FiveOfWhichTheThirdFails {
    last: Arc<Late>,
    needs: Arc<NeedsBroken>,
    broken: Arc<Broken>,
    #[on_shutdown(close_b)]
    b: Arc<B>,
    #[on_shutdown(close_a)]
    a: Arc<A>,
    #[input]
    log: Log,
}

#[tokio::test]
async fn no_constructor_after_an_async_one_that_fails_runs() {
    let log = Log::default();
    let inputs = FiveOfWhichTheThirdFailsInputs { log: log.clone() };
    let error = FiveOfWhichTheThirdFails::builder(inputs).build().await.err().expect("the third fails");
    assert_eq!(log.take(), ["start a", "start b", "stop b", "stop a"]);
    assert_eq!((error.field(), error.type_name()), ("broken", "Arc<Broken>"));
    assert_eq!(error.dependents(), ["needs", "last"]);
    assert_eq!(error.source().expect("its cause").to_string(), "disk full");
    let text = error.to_string();
    for part in [
        "broken: Arc<Broken>",
        "FiveOfWhichTheThirdFails",
        file!(),
        "needs: Arc<NeedsBroken>",
        "last: Arc<Late>",
    ] {
        assert!(text.contains(part), "{part}: {text}");
    }
}

async fn hang(_: &u8) {
    pending::<()>().await;
}

fn fail(_: &u16) -> Result<(), io::Error> {
    Err(io::Error::other("already closed"))
}

fn explode(_: &u32) {
    panic!("out of cheese");
}

fn close_log(log: &Log) {
    log.add("stop log");
}

#[container]
struct Hanging {
    #[input]
    #[on_shutdown(close_log)]
    log: Log,
    #[factory(|_: Log| 1)]
    #[on_shutdown(hang, deadline = Duration::from_secs(3))]
    hanging: u8,
}

#[tokio::test(start_paused = true)]
async fn a_hook_that_hangs_is_named_at_its_own_deadline_and_the_other_hooks_run() {
    let log = Log::default();
    let app = Hanging::builder(HangingInputs { log: log.clone() }).build().await.expect("nothing fails");
    let start = Instant::now();
    let error = app.shutdown().await.expect_err("one hook hangs");
    assert_eq!(start.elapsed().as_secs(), 3);
    assert_eq!(log.take(), ["stop log"]);
    let [failure] = error.failures() else { panic!("one hook hangs: {error}") };
    assert_eq!(failure.field(), "hanging");
    assert!(matches!(failure.reason(), ShutdownFailureReason::DeadlineExceeded(Duration { .. })));
    assert!(error.to_string().contains("`hanging: u8` was not done after 3s"), "{error}");
}

#[container]
struct Stubborn {
    #[input]
    #[on_shutdown(close_log)]
    log: Log,
    #[input]
    #[on_shutdown(hang)]
    hanging: u8,
    #[input]
    #[on_shutdown(fail)]
    failing: u16,
    #[input]
    #[on_shutdown(explode, deadline = Duration::from_secs(1))]
    exploding: u32,
    #[factory(|| async { pending::<Result<u64, io::Error>>().await })]
    endless: u64,
}

fn stubborn(log: &Log) -> StubbornBuilder {
    Stubborn::builder(StubbornInputs { log: log.clone(), hanging: 0, failing: 0, exploding: 0 })
}

/// The clock is paused: the 15 seconds of the default deadline pass as soon as there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn a_shutdown_continues_after_hooks_that_hang_fail_and_panic() {
    let log = Log::default();
    let app = stubborn(&log).endless(1).build().await.expect("nothing fails");
    let before = Instant::now();
    let error = app.shutdown().await.expect_err("three hooks fail");
    assert_eq!(before.elapsed().as_secs(), 15);
    assert_eq!(log.take(), ["stop log"]);

    let [exploding, failing, hanging] = error.failures() else { panic!("three hooks fail: {error}") };
    assert!(std::error::Error::source(failing).is_some() && std::error::Error::source(hanging).is_none());
    assert_eq!(exploding.field(), "exploding");
    assert!(
        matches!(exploding.reason(), ShutdownFailureReason::Panic(message) if message == "out of cheese")
    );
    assert_eq!(failing.field(), "failing");
    assert!(
        matches!(failing.reason(), ShutdownFailureReason::Error(error) if error.to_string() == "already closed")
    );
    assert_eq!(hanging.field(), "hanging");
    assert!(
        matches!(hanging.reason(), ShutdownFailureReason::DeadlineExceeded(deadline) if deadline.as_secs() == 15)
    );
    assert_eq!(
        error.to_string(),
        "`Stubborn` did not shut down cleanly: the hook of `exploding: u32` panicked: out of cheese; \
         the hook of `failing: u16` failed: already closed; the hook of `hanging: u8` was not done after 15s",
    );
}

#[tokio::test(start_paused = true)]
async fn a_start_that_is_cancelled_stops_the_started_components() {
    let log = Log::default();
    let start = tokio::time::timeout(Duration::from_secs(1), stubborn(&log).build());
    assert!(start.await.is_err(), "`endless` never ends");
    // The hooks run on a task of their own: `hanging` until its deadline, then `log`.
    sleep(Duration::from_secs(20)).await;
    assert_eq!(log.take(), ["stop log"]);
}

#[container]
struct Endless {
    #[input]
    #[on_shutdown(close_log)]
    log: Log,
    #[factory(|| async { pending::<u64>().await })]
    endless: u64,
}

#[test]
fn a_start_that_is_dropped_outside_a_runtime_stops_the_started_components() {
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut start = Box::pin(Endless::builder(EndlessInputs { log: log.clone() }).build());
    runtime.block_on(async {
        assert!(is_pending(start.as_mut()).await, "`endless` never ends");
    });
    drop(runtime);
    drop(start);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while log.count("stop log") == 0 {
        assert!(std::time::Instant::now() < deadline, "the hooks did not run");
        thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(log.take(), ["stop log"]);
}

/// Polls a future once. Returns whether it is still pending.
async fn is_pending<T>(mut future: Pin<&mut impl Future<Output = T>>) -> bool {
    poll_fn(|context| Poll::Ready(future.as_mut().poll(context).is_pending())).await
}

struct Bomb;

#[service]
impl Bomb {
    #[inject]
    async fn start(log: Log) -> Self {
        tokio::task::yield_now().await;
        drop(log);
        panic!("boom")
    }
}

#[container]
struct Panicking {
    #[input]
    #[on_shutdown(close_log)]
    log: Log,
    bomb: Arc<Bomb>,
}

#[tokio::test]
async fn a_start_that_panics_stops_the_started_components() {
    let log = Log::default();
    let start = tokio::spawn(Panicking::builder(PanickingInputs { log: log.clone() }).build());
    assert!(start.await.err().expect("a panic").is_panic());
    for _ in 0..1000 {
        if log.count("stop log") > 0 {
            break;
        }
        tokio::task::yield_now().await;
    }
    assert_eq!(log.take(), ["stop log"]);
}

#[container]
struct BadRollback {
    #[input]
    #[on_shutdown(fail)]
    port: u16,
    #[factory(|_: u16| Err::<u64, _>(io::Error::other("refused")))]
    value: u64,
}

#[tokio::test]
async fn a_hook_that_fails_after_a_failed_start_is_reported_with_it() {
    let error = BadRollback::builder(BadRollbackInputs { port: 1 }).build().await.err().expect("a failure");
    let rollback = error.rollback_error().expect("the hook fails");
    assert_eq!(rollback.failures()[0].field(), "port");
    assert!(error.to_string().ends_with(
        "; then, `BadRollback` did not shut down cleanly: the hook of `port: u16` failed: already closed"
    ));
}

/// Components whose constructors take 100 ms.
macro_rules! slow {
    ($($name:ident($($before:ident),*);)*) => {$(
        struct $name;

        #[service]
        impl $name {
            #[inject]
            async fn start($(_: Arc<$before>),*) -> Self {
                sleep(Duration::from_millis(100)).await;
                Self
            }
        }
    )*};
}

slow! {
    One();
    Two();
    Three();
    Last(One, Two, Three);
}

#[container]
struct Slow {
    last: Arc<Last>,
    one: Arc<One>,
    two: Arc<Two>,
    three: Arc<Three>,
}

#[tokio::test(start_paused = true)]
async fn independent_constructors_run_concurrently_and_dependent_ones_wait() {
    let before = Instant::now();
    Slow::builder().last(Arc::new(Last)).build().await.expect("nothing fails");
    assert_eq!(before.elapsed().as_millis(), 100);
    let before = Instant::now();
    Slow::builder().build().await.expect("nothing fails");
    assert_eq!(before.elapsed().as_millis(), 200);
}
