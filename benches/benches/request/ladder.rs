//! Ladder of diamonds: two providers on each level, both of which depend on both providers of the level below.

use std::{
    error::Error,
    sync::atomic::{AtomicU64, Ordering},
};

use axum::{Router, routing};
use inject_runtime::{Routes, container, get, inject, routes};
use seq_macro::seq;
use tokio::runtime::Runtime;

use crate::{Case, Sent};

/// Number of runs of all providers.
static RUNS: AtomicU64 = AtomicU64::new(0);

#[derive(Clone)]
struct Left<const LEVEL: usize>(u64);

#[derive(Clone)]
struct Right<const LEVEL: usize>(u64);

#[container]
struct App {}

fn run(value: u64) -> u64 {
    RUNS.fetch_add(1, Ordering::Relaxed);
    value % 1_000
}

#[inject]
fn left_0() -> Left<0> {
    Left(run(1))
}

#[inject]
fn right_0() -> Right<0> {
    Right(run(2))
}

seq!(N in 1..=20 {
    #[inject]
    fn left_~N(left: Left<{ N - 1 }>, right: Right<{ N - 1 }>) -> Left<N> {
        Left(run(left.0 + right.0))
    }

    #[inject]
    fn right_~N(left: Left<{ N - 1 }>, right: Right<{ N - 1 }>) -> Right<N> {
        Right(run(left.0 + right.0 + 1))
    }
});

/// Defines an endpoint on top of a ladder of `$levels` levels, and a handler that calls the functions one after the
/// other.
macro_rules! ladder {
    ($levels:literal, $injected:ident, $by_hand:ident) => {
        #[get("/users/7", public)]
        async fn $injected(left: Left<$levels>, right: Right<$levels>) -> String {
            (left.0 + right.0).to_string()
        }

        async fn $by_hand() -> String {
            let (left, right) = (left_0(), right_0());
            seq!(N in 1..=$levels {
                let (left, right) = (left_~N(left.clone(), right.clone()), right_~N(left, right));
            });
            (left.0 + right.0).to_string()
        }
    };
}

ladder!(5, five, five_by_hand);
ladder!(10, ten, ten_by_hand);
ladder!(20, twenty, twenty_by_hand);

/// Builds the ladders: name, number of levels, the hand-written router and the router of the library.
async fn ladders() -> Result<[(&'static str, u64, Router, Router); 3], Box<dyn Error>> {
    let app = App::builder().build().await?;
    let inject = |all: Routes<App>| all.into_router(app.clone());
    let [five_by_hand, ten_by_hand, twenty_by_hand] =
        [routing::get(five_by_hand), routing::get(ten_by_hand), routing::get(twenty_by_hand)]
            .map(|handler| Router::new().route("/users/7", handler));
    Ok([
        ("a ladder of 5 levels", 5, five_by_hand, inject(routes![five])),
        ("a ladder of 10 levels", 10, ten_by_hand, inject(routes![ten])),
        ("a ladder of 20 levels", 20, twenty_by_hand, inject(routes![twenty])),
    ])
}

pub(crate) async fn cases() -> Result<Vec<Case>, Box<dyn Error>> {
    Ok(ladders().await?.map(|(name, _, hand, inject)| Case::new(name, hand, inject)).into())
}

/// Prints the number of provider runs in one request of each ladder.
pub(crate) fn count(runtime: &Runtime) -> Result<(), Box<dyn Error>> {
    println!("\nRuns of providers in one request");
    for (name, levels, _, inject) in runtime.block_on(ladders())? {
        let before = RUNS.load(Ordering::Relaxed);
        Sent::default().repeat(runtime, &inject, 1);
        let runs = RUNS.load(Ordering::Relaxed) - before;
        println!("  {name:30} {runs:>12}");
        assert_eq!(runs, 2 * (levels + 1), "each of them runs once");
    }
    Ok(())
}
