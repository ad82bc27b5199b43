//! The start and the end of a container, in order and out of it. Rows A70 to A75 of the acceptance list.

#![allow(clippy::trivially_copy_pass_by_ref, reason = "that is what a hook takes")]

use std::{
    future::pending,
    io,
    sync::{Arc, Mutex},
    time::Duration,
};

use inject_runtime::{ShutdownFailureReason, container, in_layer, layer::Common, service};
use tokio::time::{Instant, sleep};

/// What happened, in order.
#[in_layer(Common)]
#[derive(Clone, Default)]
struct Log(Arc<Mutex<Vec<&'static str>>>);

impl Log {
    fn add(&self, event: &'static str) {
        self.0.lock().expect("no panic while logging").push(event);
    }

    fn take(&self) -> Vec<&'static str> {
        std::mem::take(&mut *self.0.lock().expect("no panic while logging"))
    }
}

/// Components `A` to `E`: each needs the one before it, and logs its start.
macro_rules! chain {
    ($($name:ident: $event:literal, $stop:literal, $close:ident $(, $before:ident)?;)*) => {$(
        struct $name {
            log: Log,
        }

        #[service]
        impl $name {
            #[inject]
            async fn start(log: Log $(, _: Arc<$before>)?) -> Result<Self, io::Error> {
                tokio::task::yield_now().await;
                log.add($event);
                Ok(Self { log })
            }
        }

        async fn $close(value: &$name) {
            value.log.add($stop);
        }
    )*};
}

chain! {
    A: "start a", "stop a", close_a;
    B: "start b", "stop b", close_b, A;
    C: "start c", "stop c", close_c, B;
    E: "start e", "stop e", close_e, C;
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

/// A70
#[tokio::test]
async fn start_is_in_dependency_order_and_stop_in_reverse() {
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

/// A71
#[tokio::test]
async fn a_failed_start_stops_what_was_built_and_names_the_chain() {
    let log = Log::default();
    let error = Doomed::builder(DoomedInputs { log: log.clone() }).build().await.err().expect("it fails");
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
    let source = std::error::Error::source(&error).expect("the error of the constructor");
    assert_eq!(source.to_string(), "disk full");
    assert_eq!(format!("{error:?}"), format!("{error}\n  caused by: disk full"));
    assert!(error.rollback_error().is_none());
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

/// A72: on a paused clock, fifteen seconds pass when there is nothing else to do.
#[tokio::test(start_paused = true)]
async fn shutdown_goes_on_past_hooks_that_hang_fail_and_panic() {
    let log = Log::default();
    let app = stubborn(&log).endless(1).build().await.expect("nothing fails");
    let before = Instant::now();
    let error = app.shutdown().await.expect_err("three hooks fail");
    assert_eq!(before.elapsed().as_secs(), 15);
    assert_eq!(log.take(), ["stop log"]);

    let [exploding, failing, hanging] = error.failures() else { panic!("three hooks fail: {error}") };
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
async fn a_start_that_is_cancelled_stops_what_was_built() {
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
    #[factory(|| pending::<u64>())]
    endless: u64,
}

#[test]
fn a_start_that_is_dropped_outside_a_runtime_stops_what_was_built() {
    let log = Log::default();
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build().expect("a runtime");
    let mut start = Box::pin(Endless::builder(EndlessInputs { log: log.clone() }).build());
    runtime.block_on(async {
        assert!(is_pending(start.as_mut()).await, "`endless` never ends");
    });
    drop(runtime);
    drop(start);
    let deadline = std::time::Instant::now() + Duration::from_secs(30);
    while log.0.lock().expect("no panic while logging").is_empty() {
        assert!(std::time::Instant::now() < deadline, "the hooks did not run");
        std::thread::sleep(Duration::from_millis(10));
    }
    assert_eq!(log.take(), ["stop log"]);
}

/// Polls `future` once; whether it is still pending.
async fn is_pending<T>(mut future: std::pin::Pin<&mut impl Future<Output = T>>) -> bool {
    std::future::poll_fn(|context| std::task::Poll::Ready(future.as_mut().poll(context).is_pending())).await
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
async fn a_start_that_panics_stops_what_was_built() {
    let log = Log::default();
    let start = tokio::spawn(Panicking::builder(PanickingInputs { log: log.clone() }).build());
    assert!(start.await.err().expect("it panics").is_panic());
    for _ in 0..1000 {
        if !log.0.lock().expect("no panic while logging").is_empty() {
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
async fn a_hook_that_fails_in_a_failed_start_is_reported_with_it() {
    let error = BadRollback::builder(BadRollbackInputs { port: 1 }).build().await.err().expect("it fails");
    let rollback = error.rollback_error().expect("the hook fails");
    assert_eq!(rollback.failures()[0].field(), "port");
    assert!(error.to_string().ends_with(
        "; then, `BadRollback` did not shut down cleanly: the hook of `port: u16` failed: already closed"
    ));
}

/// Three constructors that take 100 ms each, and one that needs all of them and takes as long.
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

/// A74
#[tokio::test(start_paused = true)]
async fn independent_constructors_overlap_and_dependent_ones_wait() {
    let before = Instant::now();
    Slow::builder().last(Arc::new(Last)).build().await.expect("nothing fails");
    assert_eq!(before.elapsed().as_millis(), 100);
    let before = Instant::now();
    Slow::builder().build().await.expect("nothing fails");
    assert_eq!(before.elapsed().as_millis(), 200);
}

/// A75: no HTTP, and no tokio either where nothing needs its timer.
#[test]
fn a_container_serves_a_command_line_tool() {
    #[service]
    struct Greeter {
        #[external]
        name: &'static str,
    }

    #[container]
    struct Tool {
        #[input]
        name: &'static str,
    }

    let mut build = std::pin::pin!(Tool::builder(ToolInputs { name: "world" }).build());
    let mut context = std::task::Context::from_waker(std::task::Waker::noop());
    let std::task::Poll::Ready(tool) = build.as_mut().poll(&mut context) else {
        panic!("nothing to wait for")
    };
    let greeter: Greeter = tool.expect("nothing fails").resolve();
    assert_eq!(greeter.name, "world");
}
