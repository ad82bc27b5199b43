//! Measures `inject` against hand-written code, in the same run.
//!
//! A bench is a list of [`Pair`]s: the same operation in hand-written code and through `inject`. [`compare`] counts the instructions
//! and the allocations of both, then takes their time, and prints what it found as ratios.

mod allocations;
mod instructions;
mod time;

use std::{env, error::Error, hint::black_box};

use crate::instructions::Callgrind;

/// One operation, done by hand and through `inject`.
pub struct Pair<'a> {
    /// What is measured.
    pub name: &'static str,
    /// Does it by hand, so many times.
    pub hand: &'a dyn Fn(u64),
    /// Does it through `inject`, so many times.
    pub inject: &'a dyn Fn(u64),
    /// How often valgrind, which is some fifty times slower than the machine, is to do it.
    pub iterations: u64,
}

/// Does `operation` so many times, and keeps the compiler from seeing that nobody looks at what comes of it.
#[inline]
pub fn repeat<T>(times: u64, mut operation: impl FnMut() -> T) {
    for _ in 0..times {
        black_box(operation());
    }
}

/// Whether this is `cargo bench`. `cargo test --benches` runs benches as well; it is to build them and no more.
#[must_use]
pub fn is_asked_for() -> bool {
    env::args().any(|argument| argument == "--bench" || argument == instructions::ARGUMENT)
}

/// Measures the pairs and prints a table of them.
///
/// # Errors
///
/// This program cannot be started once more under valgrind, or what valgrind prints cannot be read.
pub fn compare(pairs: &[Pair<'_>]) -> Result<(), Box<dyn Error>> {
    if instructions::is_counted(pairs)? {
        return Ok(());
    }
    let callgrind = Callgrind::find();
    if callgrind.is_none() {
        println!(
            "INSTRUCTIONS WERE NOT COUNTED: there is no `valgrind` to run. What follows is less exact without them.\n"
        );
    }
    println!("{:32} {:>12} {:>12} {:>7}", "", "by hand", "inject", "ratio");
    for (index, pair) in pairs.iter().enumerate() {
        println!("{}", pair.name);
        if let Some(callgrind) = &callgrind {
            let [hand, inject] = callgrind.instructions(index, pair)?;
            row("instructions", hand, inject, 1);
        }
        let [hand, inject] = allocations::of(pair);
        row("allocations", hand.count, inject.count, 2);
        row("allocated bytes", hand.bytes, inject.bytes, 1);
        let [hand, inject] = time::medians(pair);
        row("nanoseconds (median)", hand, inject, 1);
    }
    Ok(())
}

/// Prints two figures and their ratio.
fn row(what: &str, hand: f64, inject: f64, decimals: usize) {
    let ratio = if hand.total_cmp(&inject).is_eq() { 1.0 } else { inject / hand };
    println!("  {what:30} {hand:>12.decimals$} {inject:>12.decimals$} {ratio:>7.3}");
}
