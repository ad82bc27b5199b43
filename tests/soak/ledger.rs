//! Comparison of the requests and the rows, at the end.

use std::{collections::HashMap, fmt};

use crate::{LINES, Plan, REQUESTS, database::Observer};

/// Numbers of requests by result.
#[derive(Debug, Default)]
pub(crate) struct Tally {
    committed: u64,
    rejected: u64,
    panicked: u64,
    refused_at_commit: u64,
    hurried: Unknown,
    disconnected: Unknown,
}

/// Requests of which the client does not know whether they are stored.
#[derive(Debug, Default)]
struct Unknown {
    stored: u64,
    undone: u64,
}

impl Unknown {
    fn count(&mut self, is_stored: bool) -> &mut u64 {
        if is_stored { &mut self.stored } else { &mut self.undone }
    }

    fn has_both(&self) -> bool {
        self.stored > 0 && self.undone > 0
    }
}

impl fmt::Display for Unknown {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { stored, undone } = self;
        write!(f, "{} (of which {stored} committed and {undone} rolled back)", stored + undone)
    }
}

impl Tally {
    /// Returns the number of orders that are stored.
    pub(crate) fn kept(&self) -> u64 {
        self.committed + self.hurried.stored + self.disconnected.stored
    }

    /// Asserts that the ends that depend on the moment happened in both ways.
    pub(crate) fn assert_covers(&self) {
        assert!(self.disconnected.has_both() && self.hurried.has_both(), "{self}");
    }
}

impl fmt::Display for Tally {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let Self { committed, rejected, panicked, refused_at_commit, hurried, disconnected } = self;
        write!(
            f,
            "{committed} committed, {rejected} rejected, {panicked} panicked, {refused_at_commit} refused at the commit, \
             {hurried} with a time limit, {disconnected} disconnected",
        )
    }
}

/// Counts the requests by result, and asserts that the database has the rows of the successful ones and no others.
pub(crate) async fn tally(observer: &Observer) -> Tally {
    let orders = observer.orders().await;
    let mut lines: HashMap<i64, i64> = observer.lines().await.into_iter().collect();
    let mut orders: HashMap<i64, i64> = orders.into_iter().collect();
    let mut tally = Tally::default();
    for id in 0..REQUESTS {
        let key = id.cast_signed();
        let is_stored = match (orders.remove(&key), lines.remove(&key)) {
            (Some(1), Some(LINES)) => true,
            (None, None) => false,
            half => panic!("{id} is stored in part, or twice: {half:?}"),
        };
        let plan = Plan::of(id);
        let count = match plan {
            Plan::Commit => &mut tally.committed,
            Plan::Reject { .. } => &mut tally.rejected,
            Plan::Panic { .. } => &mut tally.panicked,
            Plan::Spoil | Plan::Lose => &mut tally.refused_at_commit,
            Plan::Hurry => tally.hurried.count(is_stored),
            Plan::Disconnect(_) => tally.disconnected.count(is_stored),
        };
        *count += 1;
        assert!(plan.is_stored().is_none_or(|expected| expected == is_stored), "{id}: {plan:?}");
    }
    assert!(orders.is_empty() && lines.is_empty(), "rows without a request: {orders:?} {lines:?}");
    tally
}
