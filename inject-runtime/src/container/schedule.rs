//! Which field can be built next.

use std::collections::BTreeSet;

use super::Container;
use crate::graph::for_each_field;

/// Which fields wait for which. Fields are known by their position in the plan, so that those that are ready at the same time start
/// in its order.
pub(super) struct StartSchedule {
    /// Positions of fields all of whose dependencies are built.
    ready: BTreeSet<usize>,
    /// For each position, those that wait for it.
    waiting: Vec<Vec<usize>>,
    /// For each position, how many dependencies it still waits for.
    missing: Vec<usize>,
    /// The position of each field.
    positions: Vec<usize>,
}

impl StartSchedule {
    /// What is left to do when `built` is there already.
    pub(super) fn of<C: Container>(built: &[usize]) -> Self {
        let fields = C::FIELDS.len();
        let mut schedule = Self {
            ready: BTreeSet::new(),
            waiting: vec![Vec::new(); fields],
            missing: vec![0; fields],
            positions: vec![0; fields],
        };
        for (position, &field) in C::ORDER.iter().enumerate() {
            schedule.positions[field] = position;
        }
        let mut is_built = vec![false; fields];
        for &field in built {
            is_built[field] = true;
        }
        for (position, &field) in C::ORDER.iter().enumerate().filter(|&(_, &field)| !is_built[field]) {
            for_each_field(C::FIELDS[field].node.dependencies, &mut |dependency| {
                if !is_built[dependency] {
                    schedule.waiting[schedule.positions[dependency]].push(position);
                    schedule.missing[position] += 1;
                }
            });
            if schedule.missing[position] == 0 {
                schedule.ready.insert(position);
            }
        }
        schedule
    }

    /// The next field that can be started.
    pub(super) fn next<C: Container>(&mut self) -> Option<usize> {
        self.ready.pop_first().map(|position| C::ORDER[position])
    }

    pub(super) fn mark_built(&mut self, field: usize) {
        for dependent in std::mem::take(&mut self.waiting[self.positions[field]]) {
            self.missing[dependent] -= 1;
            if self.missing[dependent] == 0 {
                self.ready.insert(dependent);
            }
        }
    }
}
