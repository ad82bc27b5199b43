//! Allocations, counted by a global allocator that both sides pay for alike.

use allocation_counter::measure;

use crate::{Pair, instructions::per_iteration};

/// What one operation allocates.
pub(crate) struct Allocations {
    pub(crate) count: f64,
    pub(crate) bytes: f64,
}

/// The allocations of one operation, by hand and through `inject`.
pub(crate) fn of(pair: &Pair<'_>) -> [Allocations; 2] {
    let iterations = pair.iterations;
    [pair.hand, pair.inject].map(|run| {
        // What is allocated once and kept, such as a buffer that grows to its size.
        run(1);
        let allocations = measure(|| run(iterations));
        Allocations {
            count: per_iteration(allocations.count_total, iterations),
            bytes: per_iteration(allocations.bytes_total, iterations),
        }
    })
}
