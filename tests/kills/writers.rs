//! Clients that write until they are stopped.

use std::{
    collections::BTreeMap,
    io,
    net::SocketAddr,
    sync::{
        Arc, Mutex, PoisonError,
        atomic::{AtomicBool, AtomicI64, Ordering},
    },
};

use inject_runtime::Problem;
use tokio::{task::JoinSet, time::timeout};

use crate::{CLIENTS, LONG, client::Client};

#[derive(Debug, thiserror::Error, Problem)]
#[error(transparent)]
#[problem(transparent)]
pub(crate) struct WriteError(#[from] sqlx::Error);

/// Ids of all writes, and the statuses that answered them.
#[derive(Clone, Default)]
pub(crate) struct Log {
    next: Arc<AtomicI64>,
    answers: Arc<Mutex<BTreeMap<i64, u16>>>,
}

impl Log {
    fn answers(&self) -> std::sync::MutexGuard<'_, BTreeMap<i64, u16>> {
        self.answers.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Returns the ids of the acknowledged writes.
    pub(crate) fn acknowledged(&self) -> Vec<i64> {
        self.answers().iter().filter(|(_, status)| **status == 200).map(|(id, _)| *id).collect()
    }

    /// Returns how often each status was answered.
    pub(crate) fn statuses(&self) -> BTreeMap<u16, usize> {
        let mut statuses = BTreeMap::new();
        for status in self.answers().values() {
            *statuses.entry(*status).or_default() += 1;
        }
        statuses
    }
}

/// Clients that run.
pub(crate) struct Writers {
    stop: Arc<AtomicBool>,
    clients: JoinSet<()>,
}

impl Writers {
    pub(crate) fn start(address: SocketAddr, log: &Log) -> Self {
        let stop = Arc::new(AtomicBool::new(false));
        let mut clients = JoinSet::new();
        for _ in 0..CLIENTS {
            clients.spawn(run(address, log.clone(), Arc::clone(&stop)));
        }
        Self { stop, clients }
    }

    /// Waits for the request that each client is sending.
    pub(crate) async fn stop(self) {
        self.stop.store(true, Ordering::Relaxed);
        timeout(LONG, self.clients.join_all()).await.expect("no request hangs");
    }
}

async fn run(address: SocketAddr, log: Log, stop: Arc<AtomicBool>) {
    let mut connection = None;
    while !stop.load(Ordering::Relaxed) {
        // The server is killed in the middle of a request.
        let Ok(client) = write(address, connection.take(), &log).await else {
            tokio::time::sleep(std::time::Duration::from_millis(1)).await;
            continue;
        };
        connection = Some(client);
    }
}

async fn write(address: SocketAddr, connection: Option<Client>, log: &Log) -> io::Result<Client> {
    let mut client = match connection {
        Some(client) => client,
        None => Client::connect(address).await?,
    };
    let id = log.next.fetch_add(1, Ordering::Relaxed);
    client.send(&format!("POST /writes/{id}")).await?;
    let status = client.status().await?;
    log.answers().insert(id, status);
    client.body().await?;
    Ok(client)
}
