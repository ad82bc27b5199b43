//! Cost of building a container, which a program does once.
//!
//! ```text
//! cargo bench -p inject-benches --bench build
//! ```

use std::{
    convert::Infallible,
    error::Error,
    hint::black_box,
    sync::Arc,
    time::{Duration, Instant},
};

use inject_benches::{Pair, compare, is_bench_run, is_whole_run, repeat};
use inject_runtime::{container, in_layer, layer::Common, service};
use seq_macro::seq;
use tokio::{join, runtime::Runtime, time::sleep};

#[in_layer(Common)]
struct Settings {
    size: usize,
}

/// Component with a number, so that the bench can have any count of component types.
#[service]
struct Part<const I: usize> {
    settings: Arc<Settings>,
}

impl<const I: usize> Part<I> {
    fn size(&self) -> usize {
        self.settings.size + I
    }
}

/// Defines a container with `$count` parts, and functions that build it through `inject` and by hand.
macro_rules! container_of {
    ($count:literal, $module:ident, $container:ident, $inputs:ident) => {
        // Clippy reports the setters of the builder as code of this crate, because the attribute is inside a macro of
        // this crate.
        #[allow(clippy::double_must_use)]
        mod $module {
            use super::*;

            seq!(I in 0..$count {
                #[container]
                pub(super) struct $container {
                    #[input]
                    settings: Arc<Settings>,
                    #(part_~I: Arc<Part<I>>,)*
                }

                pub(super) fn by_hand(settings: &Arc<Settings>) -> Arc<$container> {
                    Arc::new($container {
                        settings: settings.clone(),
                        #(part_~I: Arc::new(Part::new(settings.clone())),)*
                    })
                }

                impl $container {
                    /// Reads every field, so that the compiler cannot remove any of them.
                    pub(super) fn size(&self) -> usize {
                        self.settings.size #(+ self.part_~I.size())*
                    }
                }
            });

            pub(super) async fn through_inject(settings: &Arc<Settings>) -> Arc<$container> {
                let built = $container::builder($inputs { settings: settings.clone() }).build().await;
                let Ok(container) = built else { unreachable!("no part can fail") };
                container
            }
        }
    };
}

container_of!(10, ten, Ten, TenInputs);
container_of!(100, hundred, Hundred, HundredInputs);
container_of!(1000, thousand, Thousand, ThousandInputs);

/// Time that it takes to open each of the three connections.
const LATENCY: Duration = Duration::from_millis(100);

/// Connection with a number, so that the three connections have three types.
#[derive(Clone)]
struct Connection<const I: usize>;

async fn connect<const I: usize>() -> Result<Connection<I>, Infallible> {
    sleep(LATENCY).await;
    Ok(Connection)
}

#[container]
#[derive(Clone)]
struct Slow {
    #[factory(connect::<1>)]
    first: Connection<1>,
    #[factory(connect::<2>)]
    second: Connection<2>,
    #[factory(connect::<3>)]
    third: Connection<3>,
}

/// Measures a start with three constructors that wait and are independent of each other.
fn overlap(runtime: &Runtime) -> Result<(), Box<dyn Error>> {
    let start = Instant::now();
    black_box(runtime.block_on(Slow::builder().build())?);
    let injected = start.elapsed();

    let start = Instant::now();
    runtime.block_on(async {
        let Ok(first) = connect().await;
        let Ok(second) = connect().await;
        let Ok(third) = connect().await;
        black_box(Arc::new(Slow { first, second, third }));
    });
    let one_by_one = start.elapsed();

    let start = Instant::now();
    runtime.block_on(async {
        let (Ok(first), Ok(second), Ok(third)) = join!(connect(), connect(), connect());
        black_box(Arc::new(Slow { first, second, third }));
    });
    let joined = start.elapsed();

    println!("\nThree independent constructors of {LATENCY:?}");
    println!("  through inject                 {injected:>12.1?}");
    println!("  by hand, with `join!`          {joined:>12.1?}");
    println!("  by hand, one after the other   {one_by_one:>12.1?}");
    Ok(())
}

fn main() -> Result<(), Box<dyn Error>> {
    if !is_bench_run() {
        return Ok(());
    }
    let runtime = tokio::runtime::Builder::new_current_thread().enable_time().build()?;
    let settings = Arc::new(Settings { size: 1 });
    let built = runtime.block_on(thousand::through_inject(&settings));
    assert_eq!(built.size(), thousand::by_hand(&settings).size(), "both sides build the same");
    assert_eq!(
        runtime.block_on(hundred::through_inject(&settings)).size(),
        hundred::by_hand(&settings).size()
    );
    assert_eq!(runtime.block_on(ten::through_inject(&settings)).size(), ten::by_hand(&settings).size());

    compare(&[
        Pair {
            name: "10 fields",
            hand: &|times| repeat(times, || ten::by_hand(&settings)),
            inject: &|times| repeat(times, || runtime.block_on(ten::through_inject(&settings))),
            iterations: 1_000,
        },
        Pair {
            name: "100 fields",
            hand: &|times| repeat(times, || hundred::by_hand(&settings)),
            inject: &|times| repeat(times, || runtime.block_on(hundred::through_inject(&settings))),
            iterations: 100,
        },
        Pair {
            name: "1,000 fields",
            hand: &|times| repeat(times, || thousand::by_hand(&settings)),
            inject: &|times| repeat(times, || runtime.block_on(thousand::through_inject(&settings))),
            iterations: 20,
        },
    ])?;
    if is_whole_run() { overlap(&runtime) } else { Ok(()) }
}
