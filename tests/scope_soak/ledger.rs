//! Ledger of the resources: how often each was opened and closed, and with which outcome. Its memory is allocated at the start.

use std::sync::{
    Arc,
    atomic::{AtomicU32, Ordering},
};

use axum::http::StatusCode;
use inject_runtime::{Outcome, in_layer, layer::Common};

use crate::clients::{Leaves, Visit};

/// Lifetime of a resource.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Until {
    Head,
    Body,
}

/// Entry of a request: a cell for each of its resources, and the status that its client has read.
#[derive(Debug, Default)]
struct Entry {
    head: AtomicU32,
    body: AtomicU32,
    status: AtomicU32,
}

#[in_layer(Common)]
#[derive(Clone, Debug)]
pub(crate) struct Ledger(Arc<[Entry]>);

/// State of a resource: how it was closed, or that it was not opened.
type Closed = Option<Outcome>;

const OUTCOMES: [Outcome; 6] = [
    Outcome::Success,
    Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR),
    Outcome::Failure(StatusCode::CONFLICT),
    Outcome::Rejection(StatusCode::FORBIDDEN),
    Outcome::Panic,
    Outcome::Cancelled,
];

impl Ledger {
    pub(crate) fn new(entries: usize) -> Self {
        Self((0..entries).map(|_| Entry::default()).collect())
    }

    fn cell(&self, id: usize, until: Until) -> &AtomicU32 {
        match until {
            Until::Head => &self.0[id].head,
            Until::Body => &self.0[id].body,
        }
    }

    pub(crate) fn open(&self, id: usize, until: Until) {
        self.cell(id, until).fetch_add(1, Ordering::SeqCst);
    }

    pub(crate) fn close(&self, id: usize, until: Until, outcome: Outcome) {
        let number = OUTCOMES.iter().position(|other| *other == outcome);
        let number = number.unwrap_or_else(|| panic!("{id}: {outcome:?}"));
        let number = u32::try_from(number).expect("there are six");
        self.cell(id, until).fetch_add(0x100 | number << 16, Ordering::SeqCst);
    }

    pub(crate) fn read_status(&self, id: usize, status: u16) {
        self.0[id].status.store(status.into(), Ordering::SeqCst);
    }

    /// Returns how a resource was closed.
    #[track_caller]
    pub(crate) fn closed(&self, id: usize, until: Until) -> Closed {
        let cell = self.cell(id, until).load(Ordering::SeqCst);
        match cell & 0xffff {
            0 => None,
            0x101 => Some(OUTCOMES[usize::try_from(cell >> 16).expect("a number of an outcome")]),
            other => {
                panic!("{id}: {until:?} was opened {} times and closed {} times", other & 0xff, other >> 8)
            }
        }
    }

    /// Asserts that the resources of a request were closed as its client saw it.
    pub(crate) fn assert_visit(&self, id: usize, visit: Visit) {
        let (head, body) = (self.closed(id, Until::Head), self.closed(id, Until::Body));
        let status = self.0[id].status.load(Ordering::SeqCst);
        let story = format!("{id}: {visit:?}, status {status}, head {head:?}, body {body:?}");
        let outcome = visit.outcome();
        match status {
            // Not known to the client: it has left, or a layer has ended the request, before it began, or during a teardown.
            0 | 408 => {
                assert!(status == 408 || visit.disconnects(), "{story}");
                for closed in [head, body].into_iter().flatten() {
                    assert!(closed == Outcome::Cancelled || closed == outcome, "{story}");
                }
                assert!(head.is_some() || body.is_none(), "{story}");
                // The outcome is determined before the first teardown, and what lives longer does not end better.
                assert!(
                    head != Some(Outcome::Cancelled) || body.is_none_or(|body| body == Outcome::Cancelled),
                    "{story}"
                );
            }
            _ => {
                assert_eq!(head, Some(outcome), "{story}");
                let may_break = visit.disconnects() && body == Some(Outcome::Cancelled);
                assert!(may_break || body == Some(outcome), "{story}");
            }
        }
    }

    /// Asserts that the resources of a session were closed, and its head before.
    pub(crate) fn assert_socket(&self, id: usize, leaves: Leaves) {
        let (head, body) = (self.closed(id, Until::Head), self.closed(id, Until::Body));
        let story = format!("{id}: {leaves:?}, head {head:?}, session {body:?}");
        if self.0[id].status.load(Ordering::SeqCst) == 408 {
            assert!(matches!(head, None | Some(Outcome::Success | Outcome::Cancelled)), "{story}");
            assert!(matches!(body, None | Some(Outcome::Cancelled)), "{story}");
            return;
        }
        match leaves {
            Leaves::BeforeTheHandshake => assert_eq!((head, body), (None, None), "{story}"),
            Leaves::InTheHandshake => {
                assert!(matches!(head, None | Some(Outcome::Success | Outcome::Cancelled)), "{story}");
                assert!(matches!(body, None | Some(Outcome::Cancelled)), "{story}");
            }
            Leaves::AtOnce | Leaves::AfterAMessage | Leaves::InAFrame => {
                assert_eq!((head, body), (Some(Outcome::Success), Some(Outcome::Cancelled)), "{story}");
            }
            Leaves::Politely => {
                assert_eq!((head, body), (Some(Outcome::Success), Some(Outcome::Success)), "{story}");
            }
        }
    }

    /// Asserts that the resources of a stream without an end were closed, if it began.
    pub(crate) fn assert_stream(&self, id: usize) {
        let (head, body) = (self.closed(id, Until::Head), self.closed(id, Until::Body));
        let story = format!("{id}: head {head:?}, stream {body:?}");
        assert!(matches!(body, None | Some(Outcome::Cancelled)), "{story}");
        if self.0[id].status.load(Ordering::SeqCst) == 200 {
            assert_eq!((head, body), (Some(Outcome::Success), Some(Outcome::Cancelled)), "{story}");
        }
    }

    /// Returns the numbers of resources by outcome.
    fn counts(&self) -> [(Outcome, usize); 6] {
        let all =
            (0..self.0.len()).flat_map(|id| [self.closed(id, Until::Head), self.closed(id, Until::Body)]);
        let all: Vec<_> = all.flatten().collect();
        OUTCOMES.map(|outcome| (outcome, all.iter().filter(|other| **other == outcome).count()))
    }

    pub(crate) fn summary(&self) -> String {
        let counts = self.counts().map(|(outcome, count)| format!("{count} {outcome:?}"));
        format!("resources closed: {}", counts.join(", "))
    }

    /// Asserts that each outcome happened often.
    pub(crate) fn assert_covers(&self) {
        assert!(self.counts().iter().all(|(_, count)| *count > 100), "{}", self.summary());
    }
}
