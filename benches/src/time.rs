//! Times, measured as the median of many short runs, in which the sides take turns.

use std::time::{Duration, Instant};

use crate::Pair;

/// Number of runs. It is odd, so that one run is the median.
const RUNS: usize = 301;

/// Duration of one run: long enough for the resolution of the clock, and short enough that most runs are not
/// interrupted.
const RUN: Duration = Duration::from_micros(500);

/// Measures the nanoseconds of one operation: by hand, through `inject`, and by hand once more.
pub(crate) fn medians(pair: &Pair<'_>) -> [f64; 3] {
    let mut iterations = 1;
    while elapsed(pair.hand, iterations) < RUN {
        iterations *= 2;
    }
    let mut samples = [(); 3].map(|()| Vec::with_capacity(RUNS));
    for _ in 0..RUNS {
        for (run, samples) in [pair.hand, pair.inject, pair.hand].into_iter().zip(&mut samples) {
            samples.push(elapsed(run, iterations));
        }
    }
    samples.map(|samples| nanoseconds(median(samples)) / nanoseconds(Duration::from_nanos(iterations)))
}

/// Returns the median.
fn median(mut times: Vec<Duration>) -> Duration {
    times.sort_unstable();
    times[times.len() / 2]
}

fn elapsed(run: &dyn Fn(u64), iterations: u64) -> Duration {
    let start = Instant::now();
    run(iterations);
    start.elapsed()
}

fn nanoseconds(time: Duration) -> f64 {
    time.as_secs_f64() * 1e9
}
