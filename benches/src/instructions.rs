//! Instruction counts, measured by valgrind. They are exact where times are noisy.

use std::{env, error::Error, path::PathBuf, process::Command};

use crate::Pair;

/// Argument with which valgrind runs this program: `--count <pair> <side> <iterations>`.
pub(crate) const ARGUMENT: &str = "--count";

/// Names of the sides of a pair in the arguments.
const SIDES: [&str; 2] = ["hand", "inject"];

/// Tool that counts instructions.
pub(crate) struct Callgrind {
    /// Path of this program.
    program: PathBuf,
}

impl Callgrind {
    /// Returns the tool if it is installed.
    pub(crate) fn find() -> Option<Self> {
        let is_installed =
            Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
        Some(Self { program: env::current_exe().ok().filter(|_| is_installed)? })
    }

    /// Counts the instructions of one operation, by hand and through `inject`.
    ///
    /// The result is the difference between two runs with different numbers of iterations, so that the instructions
    /// before and after the loop cancel out.
    pub(crate) fn instructions(&self, index: usize, pair: &Pair<'_>) -> Result<[f64; 2], Box<dyn Error>> {
        let few = pair.iterations / 10;
        let mut counts = [0.0; 2];
        for (side, count) in SIDES.into_iter().zip(&mut counts) {
            let more = self.run(index, side, few + pair.iterations)? - self.run(index, side, few)?;
            *count = per_iteration(more, pair.iterations);
        }
        Ok(counts)
    }

    /// Counts the instructions of a whole run.
    fn run(&self, index: usize, side: &str, iterations: u64) -> Result<u64, Box<dyn Error>> {
        let output = Command::new("valgrind")
            .args(["--tool=callgrind", "--callgrind-out-file=/dev/null"])
            .arg(&self.program)
            .args([ARGUMENT, &index.to_string(), side, &iterations.to_string()])
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr);
        // `==1234== Collected : 56789`
        let count = text
            .lines()
            .find_map(|line| line.split_once("Collected :"))
            .map(|(_, count)| count.trim().parse());
        match count {
            Some(Ok(count)) if output.status.success() => Ok(count),
            _ => Err(format!("valgrind printed no count:\n{text}").into()),
        }
    }
}

/// Runs the requested side of a pair if valgrind runs this program, and returns whether it does.
pub(crate) fn run_if_counted(pairs: &[Pair<'_>]) -> Result<bool, Box<dyn Error>> {
    let mut arguments = env::args().skip_while(|argument| argument != ARGUMENT).skip(1);
    let (Some(index), Some(side), Some(iterations)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Ok(false);
    };
    let pair = pairs.get(index.parse::<usize>()?).ok_or("no pair has this index")?;
    let run = if side == SIDES[0] { pair.hand } else { pair.inject };
    run(iterations.parse()?);
    Ok(true)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
pub(crate) fn per_iteration(total: u64, iterations: u64) -> f64 {
    total as f64 / iterations as f64
}
