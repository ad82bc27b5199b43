//! Schedule of a start: the field to build next.

use std::collections::BTreeSet;

use super::Container;
use crate::graph::for_each_field;

/// Fields that wait for other fields. A field is identified by its position in the plan, so that fields
/// that become ready at the same time start in the order of the plan.
pub(super) struct StartSchedule {
    /// Positions of the fields whose dependencies are all built.
    ready: BTreeSet<usize>,
    /// For each position, the positions that wait for it.
    waiting: Vec<Vec<usize>>,
    /// For each position, the number of dependencies that are not built.
    missing: Vec<usize>,
    /// The position of each field.
    positions: Vec<usize>,
}

impl StartSchedule {
    /// Creates the schedule for the fields that are `wanted`, if not all of them are, and not in `built`.
    pub(super) fn of<C: Container>(built: &[usize], wanted: Option<&[bool]>) -> Self {
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
        let mut is_built = match wanted {
            Some(wanted) => wanted.iter().map(|wanted| !wanted).collect(),
            None => vec![false; fields],
        };
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

    /// Takes a field off the fields that can be started.
    pub(super) fn mark_started(&mut self, field: usize) {
        self.ready.remove(&self.positions[field]);
    }

    /// Returns the next field that can be started.
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
