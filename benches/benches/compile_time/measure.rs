//! Timed runs of `cargo check`.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

use crate::generate::{Crate, Shape, Wiring};

/// Folder of the generated crates.
pub(crate) struct Workspace {
    library: PathBuf,
    crates: PathBuf,
}

impl Workspace {
    pub(crate) fn new(library: &Path) -> io::Result<Self> {
        let crates = library.join("target/compile-time");
        fs::create_dir_all(&crates)?;
        Ok(Self { library: library.to_owned(), crates })
    }

    /// Generates and measures a crate of each size, and prints a table.
    pub(crate) fn table(&self, shape: Shape, sizes: &[usize], runs: usize) -> Result<(), Box<dyn Error>> {
        println!("\n{}", shape.title());
        println!("{:>10}  {:^27}  {:^29}", "", "cargo check", "more for each component");
        println!(
            "{:>10}  {:>9} {:>9} {:>7}  {:>10} {:>10} {:>7}",
            "components", "by hand", "inject", "ratio", "by hand", "inject", "ratio"
        );
        let empty = self.medians(shape, 0, runs)?;
        let mut costs = Vec::new();
        for &components in sizes {
            let total = self.medians(shape, components, runs)?;
            let count = f64::from(u32::try_from(components)?);
            let each = [0, 1].map(|twin| (total[twin] - empty[twin]) / count * 1e6);
            println!(
                "{components:>10}  {:>7.2} s {:>7.2} s {:>7.2}  {:>7.0} us {:>7.0} us {:>7.2}",
                total[0],
                total[1],
                total[1] / total[0],
                each[0],
                each[1],
                each[1] / each[0],
            );
            costs.push((components, each));
        }
        println!(
            "{:>10}  {:>7.2} s {:>7.2} s  is the time of the same crates without any component",
            0, empty[0], empty[1]
        );
        if let Some((least, most, [hand, inject])) = growth(&costs) {
            println!(
                "A component of {most} costs {hand:.2} times (by hand), {inject:.2} times (inject) the cost of one of {least}"
            );
        }
        Ok(())
    }

    /// Returns the median times of both variants in seconds. The variants take turns, so that other load on the
    /// machine affects both.
    fn medians(&self, shape: Shape, components: usize, runs: usize) -> Result<[f64; 2], Box<dyn Error>> {
        let twins = [Wiring::Hand, Wiring::Inject].map(|wiring| Crate { wiring, shape, components });
        let mut folders = Vec::new();
        for twin in twins {
            let folder = twin.write(&self.crates, &self.library)?;
            // Uses the versions that the library is tested with, and avoids a query to the registry.
            fs::copy(self.library.join("Cargo.lock"), folder.join("Cargo.lock"))?;
            // The first run builds the dependencies and is not measured.
            self.check(&folder)?;
            folders.push(folder);
        }
        let mut times = [Vec::new(), Vec::new()];
        for _ in 0..runs {
            for (folder, times) in folders.iter().zip(&mut times) {
                times.push(self.check(folder)?);
            }
        }
        Ok(times.map(|mut times| {
            times.sort_unstable();
            times[times.len() / 2].as_secs_f64()
        }))
    }

    /// Returns the duration of `cargo check`. Only the sources of the crate itself are newer than its build
    /// artifacts.
    fn check(&self, folder: &Path) -> Result<Duration, Box<dyn Error>> {
        fs::File::options().append(true).open(folder.join("src/main.rs"))?.set_modified(SystemTime::now())?;
        let mut cargo = Command::new(env!("CARGO"));
        cargo
            .args(["check", "--quiet", "--offline", "--target-dir"])
            .arg(self.crates.join("build"))
            .current_dir(folder)
            .env("CARGO_INCREMENTAL", "0");
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        let text = String::from_utf8_lossy(&output.stderr);
        // A warning takes time to print, and would appear in one variant only.
        if output.status.success() && text.is_empty() {
            Ok(time)
        } else {
            Err(format!("cargo check in {}:\n{text}", folder.display()).into())
        }
    }
}

/// Ratio of the cost of a component in the largest crate to its cost in a crate of a quarter of that size. The ratio
/// is 1 if the cost is linear.
///
/// Smaller crates are less useful for this comparison, because their times are close to the time of the empty crate.
fn growth(costs: &[(usize, [f64; 2])]) -> Option<(usize, usize, [f64; 2])> {
    let &(most, large) = costs.last()?;
    let &(least, small) = costs.iter().find(|(components, _)| components * 4 == most)?;
    Some((least, most, [large[0] / small[0], large[1] / small[1]]))
}
