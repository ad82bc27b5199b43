//! Allocation counts, measured by a global allocator that has the same overhead on both sides.

use allocation_counter::measure;

use crate::{Pair, instructions::per_iteration};

/// Allocations of one operation.
pub(crate) struct Allocations {
    pub(crate) count: f64,
    pub(crate) bytes: f64,
}

/// Counts the allocations of one operation, by hand and through `inject`.
pub(crate) fn count(pair: &Pair<'_>) -> [Allocations; 2] {
    let iterations = pair.iterations;
    [pair.hand, pair.inject].map(|run| {
        // The first run makes the allocations that are kept, such as a buffer that grows to its final size.
        run(1);
        let allocations = measure(|| run(iterations));
        Allocations {
            count: per_iteration(allocations.count_total, iterations),
            bytes: per_iteration(allocations.bytes_total, iterations),
        }
    })
}
