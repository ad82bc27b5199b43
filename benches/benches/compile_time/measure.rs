//! `cargo check`, timed.

use std::{
    error::Error,
    fs, io,
    path::{Path, PathBuf},
    process::Command,
    time::{Duration, Instant, SystemTime},
};

use crate::generate::{Crate, Shape, Wiring};

/// Where the generated crates lie.
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

    /// Generates and measures crates of each of the sizes, and prints a table of them.
    pub(crate) fn table(&self, shape: Shape, sizes: &[usize], runs: usize) -> Result<(), Box<dyn Error>> {
        println!("\n{shape:?}");
        println!(
            "{:>10}  {:>9}  {:>9}  {:>5}  {:>21}",
            "components", "by hand", "inject", "ratio", "each, inject - empty"
        );
        let empty = self.medians(shape, 0, runs)?;
        for &components in sizes {
            let [hand, inject] = self.medians(shape, components, runs)?;
            let each = |total: Duration, empty: Duration| {
                total.saturating_sub(empty).as_secs_f64() * 1e6
                    / f64::from(u32::try_from(components).unwrap_or(u32::MAX))
            };
            println!(
                "{components:>10}  {:>7.2} s  {:>7.2} s  {:>5.2}  {:>6.0} us {:>6.0} us",
                hand.as_secs_f64(),
                inject.as_secs_f64(),
                inject.as_secs_f64() / hand.as_secs_f64(),
                each(hand, empty[0]),
                each(inject, empty[1]),
            );
        }
        Ok(())
    }

    /// The median times of both twins. They take turns, so that what else the machine does falls on both.
    fn medians(&self, shape: Shape, components: usize, runs: usize) -> Result<[Duration; 2], Box<dyn Error>> {
        let twins = [Wiring::Hand, Wiring::Inject].map(|wiring| Crate { wiring, shape, components });
        let mut folders = Vec::new();
        for twin in twins {
            let folder = twin.write(&self.crates, &self.library)?;
            // The versions that the library is tested with, and no look at the registry.
            fs::copy(self.library.join("Cargo.lock"), folder.join("Cargo.lock"))?;
            // The dependencies are built here, and not measured.
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
            times[times.len() / 2]
        }))
    }

    /// The time of `cargo check`, with the sources of the crate, and of it alone, newer than what was built.
    fn check(&self, folder: &Path) -> Result<Duration, Box<dyn Error>> {
        fs::File::options().append(true).open(folder.join("src/main.rs"))?.set_modified(SystemTime::now())?;
        let mut cargo = Command::new(env!("CARGO"));
        // Of what the cargo that runs this has set for it.
        for (name, _) in std::env::vars_os() {
            if name.to_str().is_some_and(|name| name.starts_with("CARGO") && name != "CARGO_HOME") {
                cargo.env_remove(name);
            }
        }
        cargo
            .args(["check", "--quiet", "--offline", "--target-dir"])
            .arg(self.crates.join("build"))
            .current_dir(folder)
            .env("CARGO_INCREMENTAL", "0");
        let start = Instant::now();
        let output = cargo.output()?;
        let time = start.elapsed();
        let text = String::from_utf8_lossy(&output.stderr);
        // A warning takes time to print, and would be in one twin only.
        if output.status.success() && text.is_empty() {
            Ok(time)
        } else {
            Err(format!("cargo check in {}:\n{text}", folder.display()).into())
        }
    }
}
