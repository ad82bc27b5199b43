//! A field of a tuple struct may be compiled out.

use std::sync::Arc;

use inject_runtime::{container, service};

#[service]
struct Clock;

#[service(scope = transient)]
struct Pair(#[cfg(any())] Missing, Arc<Clock>, #[cfg(any())] Missing, #[init] u8, Clock);

#[container]
struct App {
    clock: Arc<Clock>,
}

#[tokio::main(flavor = "current_thread")]
async fn main() {
    let app = App::builder().build().await.expect("nothing can fail");
    let Pair(shared, zero, Clock): Pair = app.resolve();
    assert!(Arc::ptr_eq(&shared, &app.clock));
    let Pair(_, default, Clock) = Pair::new(shared, Clock::new());
    assert_eq!((zero, default), (0, 0));
}
