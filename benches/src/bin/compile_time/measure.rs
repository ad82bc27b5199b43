//! Measured runs of `cargo check`.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::{Command, Stdio},
    time::SystemTime,
};

use crate::generate::{Crate, Shape, Wiring};

/// Folder of the generated crates.
pub(crate) struct Workspace {
    library: PathBuf,
    crates: PathBuf,
}

/// Seconds of both variants; the hand-written one is measured twice.
#[derive(Clone, Copy)]
struct Seconds {
    hand: f64,
    inject: f64,
    hand_again: f64,
}

impl Workspace {
    pub(crate) fn new(library: &Path) -> io::Result<Self> {
        let crates = library.join("target/compile-time");
        fs::create_dir_all(&crates)?;
        Ok(Self { library: library.to_owned(), crates })
    }

    /// Generates and measures crates with each of the numbers, and prints the rows of a table.
    pub(crate) fn table(&self, shape: Shape, numbers: &[usize], runs: usize) -> Result<(), Box<dyn Error>> {
        println!("\n{}", shape.title());
        println!(
            "{:>6}  {:^17}  {:^33}  {:^17}",
            "", "cargo check, s", "less the empty application", "each, ms"
        );
        println!(
            "{:>6}  {:>8} {:>8}  {:>8} {:>8} {:>7} {:>7}  {:>8} {:>8}",
            "", "by hand", "inject", "by hand", "inject", "ratio", "twice", "by hand", "inject"
        );
        for twin in [Wiring::Hand, Wiring::Inject].map(|wiring| Crate { wiring, shape, number: 0 }) {
            twin.write(&self.crates, &self.library)?;
            // Uses the versions that the library is tested with, and avoids a query to the registry.
            let folder = twin.folder(&self.crates);
            fs::copy(self.library.join("Cargo.lock"), folder.join("Cargo.lock"))?;
            // This run builds the dependencies and is not measured.
            self.check(&folder)?;
        }
        let empty = self.least_of(shape, 0, runs)?;
        println!("{:>6}  {:>8.2} {:>8.2}", 0, empty.hand, empty.inject);
        let mut costs = Vec::new();
        for &number in numbers {
            let all = self.least_of(shape, number, runs)?;
            let hand = all.hand - empty.hand;
            let inject = all.inject - empty.inject;
            let count = f64::from(u32::try_from(number)?);
            let each = [hand, inject].map(|seconds| seconds / count * 1e3);
            println!(
                "{number:>6}  {:>8.2} {:>8.2}  {hand:>8.2} {inject:>8.2} {:>7.2} {:>7.2}  {:>8.2} {:>8.2}",
                all.hand,
                all.inject,
                inject / hand,
                (all.hand_again - empty.hand) / hand,
                each[0],
                each[1],
            );
            costs.push((number, each));
        }
        if let Some((least, most, [hand, inject])) = growth(&costs) {
            println!(
                "One of {most} costs {hand:.2} times (by hand), {inject:.2} times (inject) the cost of one of {least}"
            );
        }
        Ok(())
    }

    /// Returns the least seconds of both variants. The variants take turns, so that other load on the machine affects both.
    fn least_of(&self, shape: Shape, number: usize, runs: usize) -> Result<Seconds, Box<dyn Error>> {
        let [hand, inject] = [Wiring::Hand, Wiring::Inject].map(|wiring| Crate { wiring, shape, number });
        for twin in [hand, inject] {
            twin.write(&self.crates, &self.library)?;
        }
        let mut seconds = [Vec::new(), Vec::new(), Vec::new()];
        for _ in 0..runs {
            for (twin, seconds) in [hand, inject, hand].iter().zip(&mut seconds) {
                seconds.push(self.check(&twin.folder(&self.crates))?);
            }
        }
        // Other load on the machine only ever adds to them.
        let [hand, inject, hand_again] =
            seconds.map(|seconds| seconds.into_iter().fold(f64::INFINITY, f64::min));
        Ok(Seconds { hand, inject, hand_again })
    }

    /// Returns the processor seconds of `cargo check`, its child processes included. Only the sources of the crate
    /// itself are newer than its build artifacts.
    ///
    /// Other load on the machine prolongs them less than the time that passes.
    fn check(&self, folder: &Path) -> Result<f64, Box<dyn Error>> {
        fs::File::options().append(true).open(folder.join("src/main.rs"))?.set_modified(SystemTime::now())?;
        // The standard library does not tell the processor time of a child process. bash does, and prints it after the
        // messages of cargo.
        let output = Command::new("bash")
            .args(["-c", r#"TIMEFORMAT="seconds %3U %3S"; time "$@""#, "bash", env!("CARGO")])
            .args(["check", "--quiet", "--offline", "--target-dir"])
            .arg(self.crates.join("build"))
            .current_dir(folder)
            .env("CARGO_INCREMENTAL", "0")
            // The decimal point of the seconds.
            .env("LC_ALL", "C")
            .stdin(Stdio::null())
            .output()
            .map_err(|error| format!("`bash`, which measures the processor time, does not start: {error}"))?;
        let text = String::from_utf8_lossy(&output.stderr);
        // A warning takes time to print, and would appear in one variant only.
        let figures = text.strip_prefix("seconds ").filter(|_| output.status.success());
        let seconds: Result<Vec<f64>, _> =
            figures.unwrap_or_default().split_whitespace().map(str::parse).collect();
        match seconds.as_deref() {
            Ok([user, system]) => Ok(user + system),
            _ => Err(format!("cargo check in {}:\n{text}", folder.display()).into()),
        }
    }
}

/// Ratio of the cost of one in the largest crate to its cost in a crate of a quarter of that size. The ratio is 1 if
/// the cost is linear.
///
/// Smaller crates are less useful for this comparison, because their times are close to the time of the empty crate.
fn growth(costs: &[(usize, [f64; 2])]) -> Option<(usize, usize, [f64; 2])> {
    let &(most, large) = costs.last()?;
    let &(least, small) = costs.iter().find(|(number, _)| number * 4 == most)?;
    Some((least, most, [large[0] / small[0], large[1] / small[1]]))
}
