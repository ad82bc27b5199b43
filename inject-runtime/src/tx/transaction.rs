//! State of a transaction, shared by all handles.

use std::{
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

use super::{
    held::{Begin, Held, TxEnd, lost, rolled_back},
    mode::Mode,
    on_commit::{OnCommit, Queue},
    uninterrupted::uninterrupted,
};

/// Transaction, or savepoint in a transaction: one connection behind a lock.
pub(super) struct Transaction<DB: Database> {
    pool: Pool<DB>,
    mode: std::sync::Mutex<Mode<DB>>,
    /// Nesting depth of the connection without this transaction.
    depth: usize,
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
        Self::with(pool, mode, 0, Phase::Unused)
    }

    /// Creates a savepoint in this transaction, and in the `savepoints` of its unit of work.
    pub(super) fn savepoint(&self, held: Held<DB>, savepoints: usize) -> Self {
        let commits = self.commits();
        let mode = Mode { begin: Begin::Default, commits, probe: None, has_begun: true, is_preset: false };
        Self::with(self.pool.clone(), mode, self.depth + 1 + savepoints, Phase::Open(held))
    }

    /// Returns the end of a savepoint of the unit of work that is inside of `level` others.
    pub(super) fn savepoint_end(&self, level: usize, commit: bool) -> TxEnd<DB> {
        TxEnd { depth: self.depth + 1 + level, commit, probe: None }
    }

    fn with(pool: Pool<DB>, mode: Mode<DB>, depth: usize, phase: Phase<DB>) -> Self {
        let state = Arc::new(Mutex::new(State { phase, savepoints: 0 }));
        let (on_commit, has_committed) = (Queue::new(), AtomicBool::new(false));
        Self { pool, mode: std::sync::Mutex::new(mode), depth, state, on_commit, has_committed }
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
                let held = Held::acquire(&self.pool).await?;
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
        if self.depth > 0 || !matches!(state.phase, Phase::Unused) {
            return None;
        }
        state.phase = Phase::Ended;
        let on_commit = self.on_commit.close();
        Some(if commit { on_commit } else { OnCommit::default() })
    }

    /// Ends the transaction, even if the caller drops the future. A handle on a savepoint cannot end it:
    /// its connection is returned to the outer transaction, not to the pool.
    pub(super) async fn end(self: Arc<Self>, commit: bool) -> Result<OnCommit, EndError> {
        if self.depth > 0 {
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
fn ended() -> Error {
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
