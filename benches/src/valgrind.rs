//! Counts of instructions and allocations, measured by valgrind. They are exact where times are noisy.
//!
//! Both are counted from outside of the program, which has the allocator of the system, as an application has. An
//! allocator that counts would be a part of each figure.

use std::{env, error::Error, hint::black_box, mem, path::PathBuf, process::Command};

use crate::Pair;

/// Argument with which valgrind runs this program: `--count <pair> <side> <iterations>`.
pub(crate) const ARGUMENT: &str = "--count";

/// Names of the sides of a pair in the arguments.
const SIDES: [&str; 3] = ["hand", "inject", AGAIN];

/// Hand-written side once more, with another layout of the heap.
const AGAIN: &str = "again";

/// Settings of glibc: it neither gives memory back to the system nor requests it, other than at first. When it would
/// do so depends on all that was allocated before.
const HEAP: [(&str, &str); 3] = [
    ("MALLOC_TRIM_THRESHOLD_", "1073741824"),
    ("MALLOC_MMAP_THRESHOLD_", "33554432"),
    ("MALLOC_TOP_PAD_", "67108864"),
];

/// Counts of one operation.
#[derive(Clone, Copy, Debug)]
pub(crate) struct Counts {
    pub(crate) instructions: f64,
    pub(crate) allocations: f64,
    pub(crate) bytes: f64,
}

/// Tool that counts.
pub(crate) struct Valgrind {
    /// Path of this program.
    program: PathBuf,
}

impl Valgrind {
    /// Returns the tool if it is installed.
    pub(crate) fn find() -> Option<Self> {
        let is_installed =
            Command::new("valgrind").arg("--version").output().is_ok_and(|output| output.status.success());
        Some(Self { program: env::current_exe().ok().filter(|_| is_installed)? })
    }

    /// Counts one operation: by hand, through `inject`, and by hand once more.
    ///
    /// The result is the difference between two runs with different numbers of iterations, so that what happens before
    /// and after the loop cancels out.
    pub(crate) fn count(&self, index: usize, pair: &Pair<'_>) -> Result<[Counts; 3], Box<dyn Error>> {
        let few = pair.iterations / 10;
        let mut counts = Vec::new();
        for side in SIDES {
            let instructions = |times| self.instructions(index, side, times);
            let instructions = instructions(few + pair.iterations)? - instructions(few)?;
            let (most, least) =
                (self.allocations(index, side, few + pair.iterations)?, self.allocations(index, side, few)?);
            counts.push(Counts {
                instructions: per_iteration(instructions, pair.iterations),
                allocations: per_iteration(most.0 - least.0, pair.iterations),
                bytes: per_iteration(most.1 - least.1, pair.iterations),
            });
        }
        Ok([counts[0], counts[1], counts[2]])
    }

    /// Counts the instructions of a whole run.
    fn instructions(&self, index: usize, side: &str, iterations: u64) -> Result<u64, Box<dyn Error>> {
        let tool = ["--tool=callgrind", "--callgrind-out-file=/dev/null"];
        let text = self.run(&tool, index, side, iterations)?;
        // `==1234== Collected : 56789`
        numbers(&text, "Collected :").first().copied().ok_or_else(|| no_count(&text))
    }

    /// Counts the allocations of a whole run, and their bytes.
    fn allocations(&self, index: usize, side: &str, iterations: u64) -> Result<(u64, u64), Box<dyn Error>> {
        let tool = ["--tool=memcheck", "--leak-check=no", "--undef-value-errors=no"];
        let text = self.run(&tool, index, side, iterations)?;
        // `==1234==   total heap usage: 1,234 allocs, 1,200 frees, 56,789 bytes allocated`
        match numbers(&text, "total heap usage:")[..] {
            [allocations, _, bytes] => Ok((allocations, bytes)),
            _ => Err(no_count(&text)),
        }
    }

    /// Runs this program, and returns what valgrind prints.
    fn run(
        &self,
        tool: &[&str],
        index: usize,
        side: &str,
        iterations: u64,
    ) -> Result<String, Box<dyn Error>> {
        let output = Command::new("valgrind")
            .args(tool)
            .arg(&self.program)
            .args([ARGUMENT, &index.to_string(), side, &iterations.to_string()])
            .envs(HEAP)
            .output()?;
        let text = String::from_utf8_lossy(&output.stderr).into_owned();
        if output.status.success() { Ok(text) } else { Err(no_count(&text)) }
    }
}

/// Returns the numbers after `label`.
fn numbers(text: &str, label: &str) -> Vec<u64> {
    let line = text.lines().find_map(|line| line.split_once(label)).map_or("", |(_, numbers)| numbers);
    line.replace(',', "").split_whitespace().filter_map(|word| word.parse().ok()).collect()
}

fn no_count(text: &str) -> Box<dyn Error> {
    format!("valgrind printed no count:\n{text}").into()
}

/// Runs the requested side of a pair if valgrind runs this program, and returns whether it does.
pub(crate) fn run_if_counted(pairs: &[Pair<'_>]) -> Result<bool, Box<dyn Error>> {
    let mut arguments = env::args().skip_while(|argument| argument != ARGUMENT).skip(1);
    let (Some(index), Some(side), Some(iterations)) = (arguments.next(), arguments.next(), arguments.next())
    else {
        return Ok(false);
    };
    let pair = pairs.get(index.parse::<usize>()?).ok_or("no pair has this index")?;
    if side == AGAIN {
        // Blocks of several sizes, which are never freed.
        for size in [24, 104, 1_000] {
            mem::forget(black_box(vec![0_u8; size]));
        }
    }
    let run = if side == SIDES[1] { pair.inject } else { pair.hand };
    run(iterations.parse()?);
    Ok(true)
}

#[expect(clippy::cast_precision_loss, reason = "counts are far below 2^52")]
fn per_iteration(total: u64, iterations: u64) -> f64 {
    total as f64 / iterations as f64
}
