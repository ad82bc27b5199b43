//! Measurements of `inject` against hand-written code, in the same run.
//!
//! A bench is a list of [`Pair`]s: the same operation in hand-written code and through `inject`. [`compare`] counts
//! the instructions and the allocations of both sides, measures their time, and prints the figures with their ratios.
//! The hand-written side is measured twice: the ratio of its two measurements is the noise.

mod time;
mod valgrind;

use std::{env, error::Error, hint::black_box};

use crate::valgrind::Valgrind;

/// Operation that is implemented by hand and through `inject`.
pub struct Pair<'a> {
    /// Name of the measured operation.
    pub name: &'a str,
    /// Runs the hand-written side the given number of times.
    pub hand: &'a dyn Fn(u64),
    /// Runs the side of `inject` the given number of times.
    pub inject: &'a dyn Fn(u64),
    /// Number of iterations under valgrind, which is some fifty times slower than the machine.
    pub iterations: u64,
}

/// Counts of one operation of a pair.
#[derive(Clone, Debug)]
pub struct Counted {
    /// Name of the pair.
    pub name: String,
    /// Instructions of the hand-written side and of `inject`.
    pub instructions: [f64; 2],
    /// Allocations of the hand-written side and of `inject`.
    pub allocations: [f64; 2],
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
    is_whole_run() || env::args().any(|argument| argument == valgrind::ARGUMENT)
}

/// Returns whether `cargo bench` runs this program, and not valgrind to count one operation.
#[must_use]
pub fn is_whole_run() -> bool {
    env::args().any(|argument| argument == "--bench")
}

/// Measures the pairs and prints a table. Returns the counts, which are empty without valgrind.
///
/// The arguments `--row <text>` select the pairs whose name contains the text.
///
/// # Errors
///
/// Returns an error if this program cannot be started under valgrind, or if the output of valgrind cannot be read.
pub fn compare(pairs: &[Pair<'_>]) -> Result<Vec<Counted>, Box<dyn Error>> {
    if valgrind::run_if_counted(pairs)? {
        return Ok(Vec::new());
    }
    let selected = env::args().skip_while(|argument| argument != "--row").nth(1).unwrap_or_default();
    let valgrind = Valgrind::find();
    if valgrind.is_none() {
        println!("NO COUNTS: `valgrind` is not installed. The times are less exact.\n");
    }
    heading();
    let mut all = Vec::new();
    for (index, pair) in pairs.iter().enumerate().filter(|(_, pair)| pair.name.contains(&selected)) {
        println!("{}", pair.name);
        if let Some(valgrind) = &valgrind {
            let counts = valgrind.count(index, pair)?;
            let instructions = counts.map(|counts| counts.instructions);
            let allocations = counts.map(|counts| counts.allocations);
            row("instructions", instructions, 1);
            row("allocations", allocations, 2);
            row("allocated bytes", counts.map(|counts| counts.bytes), 1);
            let sides = |[hand, inject, _]: [f64; 3]| [hand, inject];
            all.push(Counted {
                name: pair.name.to_owned(),
                instructions: sides(instructions),
                allocations: sides(allocations),
            });
        }
        row("nanoseconds (median)", time::medians(pair), 1);
    }
    Ok(all)
}

/// Prints the heading of a table.
pub fn heading() {
    println!("{:32} {:>12} {:>12} {:>7} {:>7}", "", "by hand", "inject", "ratio", "twice");
}

/// Prints figures of both sides, and of the hand-written side once more, with the ratios to the first.
pub fn row(figure: &str, [hand, inject, again]: [f64; 3], decimals: usize) {
    let ratio = |figure: f64| if hand.total_cmp(&figure).is_eq() { 1.0 } else { figure / hand };
    println!(
        "  {figure:30} {hand:>12.decimals$} {inject:>12.decimals$} {:>7.3} {:>7.3}",
        ratio(inject),
        ratio(again)
    );
}
