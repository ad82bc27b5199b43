//! The unit of work that all handles share.

use std::{fmt, io, mem, sync::Arc, time::Duration};

use sqlx::{Database, Error, Pool, pool::PoolConnection};
use tokio::{
    sync::{Mutex, OwnedMappedMutexGuard, OwnedMutexGuard},
    time::timeout,
};

use super::{
    held::{Held, Probe, TxEnd, lost, rolled_back},
    on_commit::{OnCommit, Queue},
    uninterrupted::uninterrupted,
};

/// A transaction, or a savepoint in one: one connection, and whose turn it is to use it.
pub(super) struct Transaction<DB: Database> {
    pool: Pool<DB>,
    mode: Mode<DB>,
    /// How deep the connection is in transactions and savepoints without this one.
    depth: usize,
    state: Arc<Mutex<State<DB>>>,
    on_commit: Queue,
}

/// How a transaction begins and ends.
pub(super) struct Mode<DB: Database> {
    /// Instead of `BEGIN`.
    pub(super) statement: Option<&'static str>,
    /// Whether there is anything to commit: a transaction that only reads is always rolled back.
    pub(super) commits: bool,
    /// What to ask before a commit.
    pub(super) probe: Option<Probe<DB>>,
}

/// Behind the lock: who holds it has the connection.
pub(super) struct State<DB: Database>(Phase<DB>);

enum Phase<DB: Database> {
    /// Nobody has used it yet.
    Unused,
    Open(Held<DB>),
    /// The connection is with a savepoint, or was closed.
    Gone,
    Ended,
}

/// A turn: the connection, until it is dropped.
pub(super) type Turn<DB> = OwnedMappedMutexGuard<State<DB>, PoolConnection<DB>>;

impl<DB: Database> Transaction<DB> {
    pub(super) fn new(pool: Pool<DB>, mode: Mode<DB>) -> Self {
        Self::with(pool, mode, 0, Phase::Unused)
    }

    /// A savepoint in this transaction.
    pub(super) fn savepoint(&self, held: Held<DB>) -> Self {
        let mode = Mode { statement: None, commits: self.mode.commits, probe: None };
        Self::with(self.pool.clone(), mode, self.depth + 1, Phase::Open(held))
    }

    fn with(pool: Pool<DB>, mode: Mode<DB>, depth: usize, phase: Phase<DB>) -> Self {
        let state = Arc::new(Mutex::new(State(phase)));
        Self { pool, mode, depth, state, on_commit: Queue::new() }
    }

    pub(super) fn commits(&self) -> bool {
        self.mode.commits
    }

    pub(super) fn on_commit(&self) -> &Queue {
        &self.on_commit
    }

    /// The connection, in the transaction.
    pub(super) async fn turn(&self) -> Result<Turn<DB>, Error> {
        let state = self.begun().await?;
        OwnedMutexGuard::try_map(state, State::connection).map_err(|_| lost())
    }

    /// Begins the transaction if that has not been done.
    pub(super) async fn begun(&self) -> Result<OwnedMutexGuard<State<DB>>, Error> {
        let mut state = self.lock().await?;
        match &state.0 {
            Phase::Open(held) if held.depth() <= self.depth => Err(rolled_back()),
            Phase::Open(_) => Ok(state),
            Phase::Gone => Err(lost()),
            Phase::Ended => Err(ended()),
            Phase::Unused => {
                let held = Held::acquire(&self.pool).await?;
                let statement = self.mode.statement;
                uninterrupted(async move {
                    match held.begin(statement).await {
                        Ok(held) => {
                            state.0 = Phase::Open(held);
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
                .await
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

    fn acquire_timeout(&self) -> Duration {
        self.pool.options().get_acquire_timeout()
    }

    /// Ends the transaction, also if the caller does not wait for it. A savepoint is not for its handles to end: the connection goes back to
    /// the outer transaction, not to the pool.
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

    /// Ends it; the connection is as it was before it began. Without a connection, it was never begun, or its connection is closed.
    pub(super) async fn close(&self, commit: bool) -> (Option<Held<DB>>, Result<OnCommit, EndError>) {
        let Ok(mut state) = self.lock().await else {
            self.close_later();
            return (None, Err(EndError::Failed(in_use())));
        };
        let commit = commit && self.mode.commits;
        let (held, result) = match mem::replace(&mut state.0, Phase::Ended) {
            Phase::Open(held) => held.end(&TxEnd { depth: self.depth, commit, probe: self.mode.probe }).await,
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

    /// Rolls back once whoever uses the connection is done with it. Until then nobody else gets a turn, and afterwards it has ended.
    fn close_later(&self) {
        drop(self.on_commit.close());
        let state = Arc::clone(&self.state);
        tokio::spawn(async move { state.lock_owned().await.end() });
    }
}

impl<DB: Database> State<DB> {
    fn connection(&mut self) -> Option<&mut PoolConnection<DB>> {
        match &mut self.0 {
            Phase::Open(held) => held.connection(),
            _ => None,
        }
    }

    /// Takes the connection out, for a savepoint.
    pub(super) fn lend(&mut self) -> Option<Held<DB>> {
        match mem::replace(&mut self.0, Phase::Gone) {
            Phase::Open(held) => Some(held),
            other => {
                self.0 = other;
                None
            }
        }
    }

    /// Takes it back.
    pub(super) fn give_back(&mut self, held: Held<DB>) {
        self.0 = Phase::Open(held);
    }

    fn end(&mut self) {
        if let Phase::Open(held) = mem::replace(&mut self.0, Phase::Ended) {
            held.abandon();
        }
    }
}

/// The last handle is gone, and nobody has ended the transaction.
impl<DB: Database> Drop for State<DB> {
    fn drop(&mut self) {
        self.end();
    }
}

impl<DB: Database> fmt::Debug for Transaction<DB> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let phase = match self.state.try_lock() {
            Ok(state) => match state.0 {
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

/// Why a transaction was not ended as was asked for.
pub(super) enum EndError {
    /// Somebody has ended it already.
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

/// A handle outlives its transaction.
fn ended() -> Error {
    let message =
        "the transaction has ended with its request; a handle on it that is kept longer is of no use";
    Error::InvalidArgument(message.to_owned())
}

/// Somebody wants to end a savepoint.
fn savepoint() -> Error {
    let message =
        "a handle on a nested part of a transaction cannot end it; it ends with what `nested` was given";
    Error::InvalidArgument(message.to_owned())
}

/// Somebody does not let go of the connection.
fn in_use() -> Error {
    let message =
        "a clone of the transaction was still in use at its end: it is rolled back when that one lets go";
    Error::Io(io::Error::new(io::ErrorKind::TimedOut, message))
}
