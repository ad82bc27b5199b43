//! Measurements of `inject` against hand-written code, in the same run.
//!
//! A bench is a list of [`Pair`]s: the same operation in hand-written code and through `inject`. [`compare`] counts
//! the instructions and the allocations of both sides, measures their time, and prints the figures with their ratios.

mod allocations;
mod instructions;
mod time;

use std::{env, error::Error, hint::black_box};

use crate::instructions::Callgrind;

/// Operation that is implemented by hand and through `inject`.
pub struct Pair<'a> {
    /// Name of the measured operation.
    pub name: &'static str,
    /// Runs the hand-written side the given number of times.
    pub hand: &'a dyn Fn(u64),
    /// Runs the side of `inject` the given number of times.
    pub inject: &'a dyn Fn(u64),
    /// Number of iterations under valgrind, which is some fifty times slower than the machine.
    pub iterations: u64,
}

/// Runs `operation` `times` times, and prevents the compiler from removing it because its result is not used.
#[inline]
pub fn repeat<T>(times: u64, mut operation: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(operation());
    }
}

/// Returns whether `cargo bench` runs this program. `cargo test --benches` runs benches as well, but should only
/// build them.
#[must_use]
pub fn is_bench_run() -> bool {
    env::args().any(|argument| argument == "--bench" || argument == instructions::ARGUMENT)
}

/// Measures the pairs and prints a table.
///
/// # Errors
///
/// Returns an error if this program cannot be started under valgrind, or if the output of valgrind cannot be read.
pub fn compare(pairs: &[Pair<'_>]) -> Result<(), Box<dyn Error>> {
    if instructions::run_if_counted(pairs)? {
        return Ok(());
    }
    let callgrind = Callgrind::find();
    if callgrind.is_none() {
        println!("NO INSTRUCTION COUNTS: `valgrind` is not installed. The other figures are less exact.\n");
    }
    println!("{:32} {:>12} {:>12} {:>7}", "", "by hand", "inject", "ratio");
    for (index, pair) in pairs.iter().enumerate() {
        println!("{}", pair.name);
        if let Some(callgrind) = &callgrind {
            let [hand, inject] = callgrind.instructions(index, pair)?;
            row("instructions", hand, inject, 1);
        }
        let [hand, inject] = allocations::count(pair);
        row("allocations", hand.count, inject.count, 2);
        row("allocated bytes", hand.bytes, inject.bytes, 1);
        let [hand, inject] = time::medians(pair);
        row("nanoseconds (median)", hand, inject, 1);
    }
    Ok(())
}

/// Prints two figures and their ratio.
fn row(figure: &str, hand: f64, inject: f64, decimals: usize) {
    let ratio = if hand.total_cmp(&inject).is_eq() { 1.0 } else { inject / hand };
    println!("  {figure:30} {hand:>12.decimals$} {inject:>12.decimals$} {ratio:>7.3}");
}
