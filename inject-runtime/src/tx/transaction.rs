//! State of a transaction, shared by all handles.

use std::{
    any::type_name,
    fmt, io, mem,
    sync::{
        Arc, PoisonError,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};

use sqlx::{Database, Error, Pool, pool::PoolConnection};
use tokio::{
    sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard},
    time::timeout,
};

use crate::endpoint_label::{self, Fields, Holder};

use super::{
    held::{Begin, Held, TxEnd, lost, rolled_back},
    mode::Mode,
    on_commit::{OnCommit, Queue},
    rolled_back::Outer,
    uninterrupted::uninterrupted,
};

/// Transaction, or savepoint in a transaction: one connection behind a lock.
pub(super) struct Transaction<DB: Database> {
    pool: Pool<DB>,
    /// Transaction that is never committed, in which this one is a savepoint.
    outer: Option<Arc<Outer<DB>>>,
    mode: std::sync::Mutex<Mode<DB>>,
    /// Nesting depth of the connection without this transaction.
    depth: usize,
    /// Whether it is a savepoint, whose end is that of a closure.
    is_nested: bool,
    state: Arc<Mutex<State<DB>>>,
    on_commit: Queue,
    /// Whether changes were committed.
    has_committed: AtomicBool,
}

/// State behind the lock, which gives access to the connection.
pub(super) struct State<DB: Database> {
    phase: Phase<DB>,
    /// Number of open savepoints of the unit of work.
    savepoints: usize,
}

enum Phase<DB: Database> {
    /// Not used yet.
    Unused,
    Open(Held<DB>),
    /// The connection is in a savepoint, or was closed.
    Gone,
    Ended,
}

/// Guard of the connection.
pub(super) type Turn<DB> = OwnedMappedMutexGuard<State<DB>, PoolConnection<DB>>;

impl<DB: Database> Transaction<DB> {
    pub(super) fn new(pool: Pool<DB>, mode: Mode<DB>) -> Self {
        Self::with(pool, None, mode, 0, Phase::Unused)
    }

    /// Creates a transaction in one that is never committed.
    pub(super) fn inside(outer: Arc<Outer<DB>>, mode: Mode<DB>) -> Self {
        Self::with(outer.pool().clone(), Some(outer), mode, 1, Phase::Unused)
    }

    /// Creates a savepoint in this transaction, and in the `savepoints` of its unit of work.
    pub(super) fn savepoint(&self, held: Held<DB>, savepoints: usize) -> Self {
        let commits = self.commits();
        let mode = Mode { begin: Begin::Default, commits, probe: None, has_begun: true, is_preset: false };
        let depth = self.depth + 1 + savepoints;
        Self { is_nested: true, ..Self::with(self.pool.clone(), None, mode, depth, Phase::Open(held)) }
    }

    /// Returns the end of a savepoint of the unit of work that is inside of `level` others.
    pub(super) fn savepoint_end(&self, level: usize, commit: bool) -> TxEnd<DB> {
        TxEnd { depth: self.depth + 1 + level, commit, probe: None }
    }

    fn with(
        pool: Pool<DB>,
        outer: Option<Arc<Outer<DB>>>,
        mode: Mode<DB>,
        depth: usize,
        phase: Phase<DB>,
    ) -> Self {
        let state = Arc::new(Mutex::new(State { phase, savepoints: 0 }));
        let (mode, on_commit) = (std::sync::Mutex::new(mode), Queue::new());
        let has_committed = AtomicBool::new(false);
        Self { pool, outer, mode, depth, is_nested: false, state, on_commit, has_committed }
    }

    /// Returns the mode, which may change until the transaction begins.
    pub(super) fn mode(&self) -> std::sync::MutexGuard<'_, Mode<DB>> {
        self.mode.lock().unwrap_or_else(PoisonError::into_inner)
    }

    fn commits(&self) -> bool {
        self.mode().commits
    }

    /// Returns whether changes were committed.
    pub(super) fn has_committed(&self) -> bool {
        self.has_committed.load(Ordering::Relaxed)
    }

    pub(super) fn on_commit(&self) -> &Queue {
        &self.on_commit
    }

    /// Waits for the connection, and begins the transaction if necessary.
    pub(super) async fn turn(&self) -> Result<Turn<DB>, Error> {
        let state = self.begun().await?;
        OwnedMutexGuard::try_map(state, State::connection).map_err(|_| lost())
    }

    /// Waits for the lock, and begins the transaction if necessary.
    pub(super) async fn begun(&self) -> Result<OwnedMutexGuard<State<DB>>, Error> {
        let mut state = self.lock().await?;
        match &state.phase {
            Phase::Open(held) if held.depth() <= self.depth => Err(rolled_back()),
            Phase::Open(_) => Ok(state),
            Phase::Gone => Err(lost()),
            Phase::Ended => Err(ended()),
            Phase::Unused => {
                let held = match &self.outer {
                    None => Held::acquire(&self.pool).await.inspect_err(log_wait)?,
                    Some(outer) => outer.held().await?,
                };
                self.note_connection();
                let begin = {
                    let mut mode = self.mode();
                    mode.has_begun = true;
                    mode.begin
                };
                let state = uninterrupted(async move {
                    match held.begin(begin).await {
                        Ok(held) => {
                            state.phase = Phase::Open(held);
                            Ok(state)
                        }
                        Err((held, error)) => {
                            if let Some(held) = held {
                                held.release();
                            }
                            Err(error)
                        }
                    }
                })
                .await;
                if state.is_err() {
                    self.mode().has_begun = false;
                }
                state
            }
        }
    }

    /// Notes that the request holds a connection, for the log of a request that waits for another one.
    fn note_connection(&self) {
        let handle = if self.commits() { || handle_on::<DB>("Tx") } else { || handle_on::<DB>("ReadTx") };
        let state = Arc::downgrade(&self.state);
        endpoint_label::take_connection(handle, state);
    }

    async fn lock(&self) -> Result<OwnedMutexGuard<State<DB>>, Error> {
        match Arc::clone(&self.state).try_lock_owned() {
            Ok(state) => Ok(state),
            Err(_) => timeout(self.acquire_timeout(), Arc::clone(&self.state).lock_owned())
                .await
                .map_err(|_| Error::PoolTimedOut),
        }
    }

    /// Returns the lock, if it is free.
    pub(super) fn try_lock(&self) -> Option<OwnedMutexGuard<State<DB>>> {
        Arc::clone(&self.state).try_lock_owned().ok()
    }

    /// Waits for the lock without a limit.
    pub(super) async fn wait_for_lock(&self) -> OwnedMutexGuard<State<DB>> {
        Arc::clone(&self.state).lock_owned().await
    }

    fn acquire_timeout(&self) -> Duration {
        self.pool.options().get_acquire_timeout()
    }

    /// Ends the transaction if it has not begun. There is nothing to wait for.
    pub(super) fn end_unused(&self, commit: bool) -> Option<OnCommit> {
        let mut state = self.state.try_lock().ok()?;
        if self.is_nested || !matches!(state.phase, Phase::Unused) {
            return None;
        }
        state.phase = Phase::Ended;
        let on_commit = self.on_commit.close();
        Some(if commit { on_commit } else { OnCommit::default() })
    }

    /// Ends the transaction, even if the caller drops the future. A handle on a savepoint cannot end it:
    /// its connection is returned to the outer transaction, not to the pool.
    pub(super) async fn end(self: Arc<Self>, commit: bool) -> Result<OnCommit, EndError> {
        if self.is_nested {
            return Err(EndError::Failed(savepoint()));
        }
        uninterrupted(async move {
            let (held, result) = self.close(commit).await;
            if let Some(held) = held {
                held.release();
            }
            result
        })
        .await
    }

    /// Ends the transaction, and returns the connection in its state before the beginning. Returns no
    /// connection if the transaction has not begun or its connection is closed.
    pub(super) async fn close(&self, commit: bool) -> (Option<Held<DB>>, Result<OnCommit, EndError>) {
        let Ok(mut state) = self.lock().await else {
            self.close_later();
            return (None, Err(EndError::Failed(in_use())));
        };
        let Mode { commits, probe, .. } = *self.mode();
        let commit = commit && commits;
        let (held, result) = match mem::replace(&mut state.phase, Phase::Ended) {
            Phase::Open(held) => {
                let (held, result) = held.end(&TxEnd { depth: self.depth, commit, probe }).await;
                self.has_committed.store(commit && result.is_ok(), Ordering::Relaxed);
                (held, result)
            }
            Phase::Gone if commit => (None, Err(lost())),
            Phase::Unused | Phase::Gone => (None, Ok(())),
            Phase::Ended => return (None, Err(EndError::Ended)),
        };
        let on_commit = self.on_commit.close();
        let result = match result {
            Ok(()) if commit => Ok(on_commit),
            Ok(()) => Ok(OnCommit::default()),
            Err(error) => Err(EndError::Failed(error)),
        };
        (held, result)
    }

    /// Rolls back once the connection is released. Until then other clones wait, and afterwards the
    /// transaction has ended.
    fn close_later(&self) {
        drop(self.on_commit.close());
        let state = Arc::clone(&self.state);
        tokio::spawn(async move { state.lock_owned().await.end() });
    }
}

impl<DB: Database> State<DB> {
    fn connection(&mut self) -> Option<&mut PoolConnection<DB>> {
        match &mut self.phase {
            Phase::Open(held) => held.connection(),
            _ => None,
        }
    }

    /// Returns the number of open savepoints of the unit of work.
    pub(super) fn savepoints(&self) -> usize {
        self.savepoints
    }

    pub(super) fn set_savepoints(&mut self, savepoints: usize) {
        self.savepoints = savepoints;
    }

    /// Takes the connection out, for a savepoint.
    pub(super) fn lend(&mut self) -> Option<Held<DB>> {
        match mem::replace(&mut self.phase, Phase::Gone) {
            Phase::Open(held) => Some(held),
            other => {
                self.phase = other;
                None
            }
        }
    }

    /// Puts the connection back.
    pub(super) fn give_back(&mut self, held: Held<DB>) {
        self.phase = Phase::Open(held);
    }

    fn end(&mut self) {
        if let Phase::Open(held) = mem::replace(&mut self.phase, Phase::Ended) {
            held.abandon();
        }
    }
}

impl<DB: Database> Holder for Mutex<State<DB>> {
    fn is_holding(&self) -> bool {
        // A state that is locked is in use.
        self.try_lock().map_or(true, |state| matches!(state.phase, Phase::Open(_) | Phase::Gone))
    }
}

impl<DB: Database> fmt::Debug for State<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("State")
    }
}

/// Returns the name of a handle: `Tx<Sqlite>`.
fn handle_on<DB>(handle: &str) -> String {
    let database = type_name::<DB>();
    format!("{handle}<{}>", database.rsplit("::").next().unwrap_or(database))
}

/// Logs that the pool had no connection in time.
fn log_wait(error: &Error) {
    if let (Error::PoolTimedOut, Some(held)) = (error, endpoint_label::held_connections()) {
        endpoint_label::log(|Fields { method, route, endpoint, .. }| {
            tracing::warn!(
                method,
                route,
                endpoint,
                held,
                "a transaction has not begun: its pool had no connection in time"
            );
        });
    }
}

/// Rolls back when the last handle is dropped before the end of the transaction.
impl<DB: Database> Drop for State<DB> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<DB: Database> fmt::Debug for Transaction<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.state.try_lock() {
            Ok(state) => match state.phase {
                Phase::Unused => "unused",
                Phase::Open(_) => "open",
                Phase::Gone => "gone",
                Phase::Ended => "ended",
            },
            Err(_) => "in use",
        };
        f.write_str(phase)
    }
}

/// Reason why a transaction was not ended as requested.
pub(super) enum EndError {
    /// The transaction has already ended.
    Ended,
    Failed(Error),
}

impl From<EndError> for Error {
    fn from(error: EndError) -> Self {
        match error {
            EndError::Ended => ended(),
            EndError::Failed(error) => error,
        }
    }
}

/// Error for a handle that outlives its transaction.
pub(super) fn ended() -> Error {
    let message = "the transaction has ended with its request; this handle on it cannot be used any longer";
    Error::InvalidArgument(message.to_owned())
}

/// Error for an attempt to end a savepoint through a handle.
fn savepoint() -> Error {
    let message =
        "a handle on a nested part of a transaction cannot end it: it ends with the closure of `nested`";
    Error::InvalidArgument(message.to_owned())
}

/// Error for a clone that does not release the connection.
fn in_use() -> Error {
    let message = "a clone of the transaction was still in use at its end; it is rolled back when the clone is released";
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
}
