//! Ladder of diamonds: two providers on each level, both of which depend on both providers of the level below. Every
//! value is asked for more than once, and so is kept for the request.
//!
//! There are ladders of plain and of async providers, and of values of one word and of eight.

use std::{
    error::Error,
    sync::{
        Arc,
        atomic::{AtomicU64, Ordering},
    },
};

use axum::{Router, routing};
use inject_benches::Counted;
use inject_runtime::{Routes, container};
use tokio::runtime::Runtime;

use crate::{Case, Sent};

/// Number of runs of all providers.
static RUNS: AtomicU64 = AtomicU64::new(0);

#[container]
struct App {}

/// What a provider returns.
trait Value: Clone {
    fn new(number: u64) -> Self;
    fn number(&self) -> u64;
}

impl Value for u64 {
    fn new(number: u64) -> Self {
        number
    }

    fn number(&self) -> u64 {
        *self
    }
}

/// Value of eight words.
#[derive(Clone)]
struct Wide([u64; 8]);

impl Value for Wide {
    fn new(number: u64) -> Self {
        Self([number; 8])
    }

    fn number(&self) -> u64 {
        self.0.iter().sum()
    }
}

fn run<T: Value>(number: u64) -> T {
    RUNS.fetch_add(1, Ordering::Relaxed);
    T::new(number % 1_000)
}

/// Defines an endpoint on top of a ladder of `$levels` levels, and a handler that calls the functions one after the
/// other.
macro_rules! ladder {
    ($levels:literal, $injected:ident, $by_hand:ident, [$($await:ident)?]) => {
        #[get("/users/7", public)]
        async fn $injected(left: Left<$levels>, right: Right<$levels>) -> String {
            (left.0.number() + right.0.number()).to_string()
        }

        async fn $by_hand() -> String {
            let (left, right) = (left_0() $(.$await)?, right_0() $(.$await)?);
            seq!(N in 1..=$levels {
                let (left, right) = (
                    left_~N(left.clone(), right.clone()) $(.$await)?,
                    right_~N(left, right) $(.$await)?,
                );
            });
            (left.0.number() + right.0.number()).to_string()
        }
    };
}

/// Defines the providers of one kind, and their ladders.
macro_rules! kind {
    ($module:ident, $kind:literal, $value:ty, [$($async:ident)?], $await:tt) => {
        mod $module {
            use inject_runtime::{get, inject, routes};
            use seq_macro::seq;

            use super::*;

            pub(super) const KIND: &str = $kind;

            #[derive(Clone)]
            struct Left<const LEVEL: usize>($value);

            #[derive(Clone)]
            struct Right<const LEVEL: usize>($value);

            #[inject]
            $($async)? fn left_0() -> Left<0> {
                Left(run(1))
            }

            #[inject]
            $($async)? fn right_0() -> Right<0> {
                Right(run(2))
            }

            seq!(N in 1..=20 {
                #[inject]
                $($async)? fn left_~N(left: Left<{ N - 1 }>, right: Right<{ N - 1 }>) -> Left<N> {
                    Left(run(left.0.number() + right.0.number()))
                }

                #[inject]
                $($async)? fn right_~N(left: Left<{ N - 1 }>, right: Right<{ N - 1 }>) -> Right<N> {
                    Right(run(left.0.number() + right.0.number() + 1))
                }
            });

            ladder!(3, three, three_by_hand, $await);
            ladder!(5, five, five_by_hand, $await);
            ladder!(10, ten, ten_by_hand, $await);
            ladder!(20, twenty, twenty_by_hand, $await);

            pub(super) fn ladders(app: &Arc<App>) -> [Ladder; 4] {
                let inject = |all: Routes<App>| all.into_router(app.clone());
                let hand = |handler| Router::new().route("/users/7", handler);
                [
                    (3, hand(routing::get(three_by_hand)), inject(routes![three])),
                    (5, hand(routing::get(five_by_hand)), inject(routes![five])),
                    (10, hand(routing::get(ten_by_hand)), inject(routes![ten])),
                    (20, hand(routing::get(twenty_by_hand)), inject(routes![twenty])),
                ]
                .map(|(levels, hand, inject)| Ladder { kind: KIND, levels, hand, inject })
            }
        }
    };
}

kind!(word, "sync, one word", u64, [], []);
kind!(wide, "sync, eight words", Wide, [], []);
kind!(async_word, "async, one word", u64, [async], [await]);
kind!(async_wide, "async, eight words", Wide, [async], [await]);

const KINDS: [&str; 4] = [word::KIND, wide::KIND, async_word::KIND, async_wide::KIND];

struct Ladder {
    kind: &'static str,
    levels: u64,
    hand: Router,
    inject: Router,
}

fn name(levels: u64, kind: &str) -> String {
    format!("a ladder of {levels} levels, {kind}")
}

async fn ladders() -> Result<Vec<Ladder>, Box<dyn Error>> {
    let app = App::builder().build().await?;
    let ladders =
        [word::ladders(&app), wide::ladders(&app), async_word::ladders(&app), async_wide::ladders(&app)];
    Ok(ladders.into_iter().flatten().collect())
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    let case = |Ladder { kind, levels, hand, inject }| Case::new(name(levels, kind), hand, inject);
    Ok(ladders().await?.into_iter().map(case).collect())
}

/// Prints what a provider more costs, from the difference of two ladders.
pub(crate) fn print_each(counted: &[Counted]) {
    /// Two on each of ten levels.
    const MORE: f64 = 20.0;
    let find = |levels, kind| counted.iter().find(|counted| counted.name == name(levels, kind));
    println!("\n{:32} {:>12} {:>12}", "Each further cached provider", "by hand", "inject");
    for kind in KINDS {
        let (Some(ten), Some(twenty)) = (find(10, kind), find(20, kind)) else { continue };
        println!("{kind}");
        for (figure, more, less) in [
            ("instructions", twenty.instructions, ten.instructions),
            ("allocations", twenty.allocations, ten.allocations),
        ] {
            let [hand, inject] = [0, 1].map(|side| (more[side] - less[side]) / MORE);
            println!("  {figure:30} {hand:>12.2} {inject:>12.2}");
        }
    }
}

/// Prints the number of provider runs in one request of each ladder.
pub(crate) fn print_runs(runtime: &Runtime) -> Result<(), Box<dyn Error>> {
    println!("\nRuns of providers in one request");
    for Ladder { kind, levels, inject, .. } in runtime.block_on(ladders())? {
        let before = RUNS.load(Ordering::Relaxed);
        Sent::default().repeat(runtime, &inject, 1);
        let runs = RUNS.load(Ordering::Relaxed) - before;
        println!("  {:43} {runs:>12}", name(levels, kind));
        assert_eq!(runs, 2 * (levels + 1), "each of them runs once");
    }
    Ok(())
}
