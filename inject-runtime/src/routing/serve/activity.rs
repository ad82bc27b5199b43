//! Time limits of a connection.
//!
//! hyper has one time limit for both the wait for a request and the head of the request. [`HeadTimer`]
//! learns from hyper when it begins to wait for a head and when the head is complete, [`Watched`] sees when
//! bytes arrive and when the client stops reading, and [`Watchdog`] applies a limit for each. A request
//! costs no operation on a timer: the timer of a connection fires at the earliest deadline and is then set to
//! the current one.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
    time::Duration,
};

use axum::http::{Method, Uri};
use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    sync::{Notify, OwnedSemaphorePermit, futures::OwnedNotified},
    time::{Instant, Sleep, sleep},
};

/// Length of a path in the name of a request, in characters. Paths come from clients.
const MAX_PATH: usize = 200;

/// Time limits of a connection.
#[derive(Clone, Copy, Debug)]
pub(super) struct TimeLimits {
    /// From the first byte of a head to its last.
    pub(super) head: Duration,
    /// Without a request.
    pub(super) idle: Duration,
    /// In which the client reads nothing of a response.
    pub(super) write: Duration,
}

/// Activity on a connection.
#[derive(Debug)]
pub(super) struct Activity(Mutex<State>);

#[derive(Debug)]
struct State {
    phase: Phase,
    /// The last request, unless hyper waits for the next.
    request: Option<(Method, Uri)>,
    /// Since when the client has read nothing while there is something to write.
    blocked: Option<Instant>,
}

#[derive(Clone, Copy, Debug)]
enum Phase {
    /// Waits for the first byte of a request.
    Idle { since: Instant },
    /// Reads the head of a request.
    Head { since: Instant },
    /// Handles a request: the limits are those of the application.
    Request,
}

impl Activity {
    pub(super) fn new() -> Arc<Self> {
        let phase = Phase::Idle { since: Instant::now() };
        Arc::new(Self(Mutex::new(State { phase, request: None, blocked: None })))
    }

    /// Records the head of a request.
    pub(super) fn begin(&self, method: &Method, uri: &Uri) {
        self.lock().request = Some((method.clone(), uri.clone()));
    }

    /// Returns method and path of the request in progress: from the end of its head to the last byte of its response.
    pub(super) fn request(&self) -> Option<String> {
        let state = self.lock();
        let (method, uri) = state.request.as_ref()?;
        let mut path = uri.path().chars();
        let mut name = format!("{method} {}", path.by_ref().take(MAX_PATH).collect::<String>());
        if path.next().is_some() {
            name.push_str("..");
        }
        Some(name)
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Timer for hyper, whose only time limit is that of the head. It must be configured as zero, so that the
/// deadline is the time at which hyper begins to wait for a head.
pub(super) struct HeadTimer(pub(super) Arc<Activity>);

impl hyper::rt::Timer for HeadTimer {
    fn sleep(&self, duration: Duration) -> Pin<Box<dyn hyper::rt::Sleep>> {
        self.sleep_until(self.now() + duration)
    }

    fn sleep_until(&self, deadline: std::time::Instant) -> Pin<Box<dyn hyper::rt::Sleep>> {
        {
            let mut state = self.0.lock();
            state.phase = Phase::Idle { since: Instant::from_std(deadline) };
            state.request = None;
        }
        Box::pin(HeadWait(Arc::clone(&self.0)))
    }

    fn now(&self) -> std::time::Instant {
        Instant::now().into_std()
    }
}

/// Wait of hyper for a complete head. It never ends by itself: hyper drops it when the head is complete.
struct HeadWait(Arc<Activity>);

impl Future for HeadWait {
    type Output = ();

    fn poll(self: Pin<&mut Self>, _: &mut Context<'_>) -> Poll<()> {
        Poll::Pending
    }
}

impl hyper::rt::Sleep for HeadWait {}

impl Drop for HeadWait {
    fn drop(&mut self) {
        self.0.lock().phase = Phase::Request;
    }
}

/// Stream that records the activity of the client, and holds the place of its connection until it is closed, also
/// after an upgrade.
pub(super) struct Watched<T> {
    stream: T,
    activity: Arc<Activity>,
    is_blocked: bool,
    _place: Option<OwnedSemaphorePermit>,
}

impl<T> Watched<T> {
    pub(super) fn new(stream: T, activity: Arc<Activity>, place: Option<OwnedSemaphorePermit>) -> Self {
        Self { stream, activity, is_blocked: false, _place: place }
    }

    fn wrote(&mut self, is_blocked: bool) {
        if self.is_blocked != is_blocked {
            self.is_blocked = is_blocked;
            self.activity.lock().blocked = is_blocked.then(Instant::now);
        }
    }
}

impl<T: AsyncRead + Unpin> AsyncRead for Watched<T> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let before = buffer.filled().len();
        ready!(Pin::new(&mut self.stream).poll_read(cx, buffer))?;
        if buffer.filled().len() > before {
            let mut state = self.activity.lock();
            if let Phase::Idle { .. } = state.phase {
                state.phase = Phase::Head { since: Instant::now() };
            }
        }
        Poll::Ready(Ok(()))
    }
}

impl<T: AsyncWrite + Unpin> AsyncWrite for Watched<T> {
    fn poll_write(mut self: Pin<&mut Self>, cx: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write(cx, bytes);
        self.wrote(written.is_pending());
        written
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        let written = Pin::new(&mut self.stream).poll_write_vectored(cx, slices);
        self.wrote(written.is_pending());
        written
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(cx)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_shutdown(cx)
    }
}

/// Time limits of a connection, polled after the connection in the same task.
pub(super) struct Watchdog {
    activity: Arc<Activity>,
    limits: TimeLimits,
    timer: Pin<Box<Sleep>>,
    /// Notified when a new connection needs the place of an idle one.
    room: Option<Arc<Notify>>,
    /// Place in the queue of `room`, and since when the connection is idle.
    queued: Option<(Instant, Pin<Box<OwnedNotified>>)>,
}

impl Watchdog {
    pub(super) fn new(activity: Arc<Activity>, limits: TimeLimits, room: Option<Arc<Notify>>) -> Self {
        Self { activity, limits, timer: Box::pin(sleep(limits.idle)), room, queued: None }
    }

    /// Completes when the connection must be closed.
    pub(super) fn poll_expired(&mut self, cx: &mut Context<'_>) -> Poll<Expired> {
        let (since, limit, expired) = {
            let state = self.activity.lock();
            match (state.blocked, state.phase) {
                (Some(since), _) => (since, self.limits.write, Expired::Write),
                (None, Phase::Head { since }) => (since, self.limits.head, Expired::Head),
                (None, Phase::Idle { since }) => (since, self.limits.idle, Expired::Idle),
                (None, Phase::Request) => {
                    self.queued = None;
                    return Poll::Pending;
                }
            }
        };
        if expired != Expired::Idle {
            self.queued = None;
        } else if let Some(room) = &self.room {
            // The queue is in the order in which the connections became idle.
            let queued = self.queued.take().filter(|(queued_since, _)| *queued_since == since);
            let enqueue = || (since, Box::pin(Arc::clone(room).notified_owned()));
            let (_, notified) = self.queued.insert(queued.unwrap_or_else(enqueue));
            if notified.as_mut().poll(cx).is_ready() {
                return Poll::Ready(Expired::Room);
            }
        }
        let Some(deadline) = since.checked_add(limit) else { return Poll::Pending };
        loop {
            if deadline < self.timer.deadline() {
                self.timer.as_mut().reset(deadline);
            }
            ready!(self.timer.as_mut().poll(cx));
            if Instant::now() >= deadline {
                return Poll::Ready(expired);
            }
            self.timer.as_mut().reset(deadline);
        }
    }
}

/// Reason to close a connection.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) enum Expired {
    Head,
    Idle,
    Write,
    /// A new connection needs the place of this one.
    Room,
}
