//! List of the open connections, with their requests.

use std::{
    collections::BTreeMap,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};

use super::activity::Activity;

/// List of the open connections of a server.
#[derive(Clone, Default)]
pub(super) struct OpenConnections(Arc<Mutex<State>>);

#[derive(Default)]
struct State {
    next: u64,
    open: BTreeMap<u64, Arc<Activity>>,
}

impl OpenConnections {
    /// Adds a connection, until the returned guard is dropped.
    pub(super) fn add(&self, activity: &Arc<Activity>) -> OpenConnection {
        let mut state = self.lock();
        let id = state.next;
        state.next += 1;
        state.open.insert(id, Arc::clone(activity));
        OpenConnection { connections: self.clone(), id }
    }

    /// Returns method and path of the requests in progress, by the age of their connections.
    pub(super) fn requests(&self) -> Vec<String> {
        self.lock().open.values().filter_map(|activity| activity.request()).collect()
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// Guard that removes a connection from the list.
pub(super) struct OpenConnection {
    connections: OpenConnections,
    id: u64,
}

impl Drop for OpenConnection {
    fn drop(&mut self) {
        self.connections.lock().open.remove(&self.id);
    }
}
