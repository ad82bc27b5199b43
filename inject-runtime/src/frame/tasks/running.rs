//! List of the running tasks.

use std::borrow::Cow;

use tokio::task::AbortHandle;

/// List of the running tasks. Entries are used again, so that a task usually allocates nothing here.
#[derive(Default)]
pub(super) struct Running {
    /// Number of all tasks that were added.
    added: u64,
    entries: Vec<Option<Entry>>,
    /// Indices of the entries that are `None`.
    free: Vec<usize>,
}

struct Entry {
    order: u64,
    name: Cow<'static, str>,
    state: State,
}

enum State {
    /// Its handle is not known yet.
    Starting,
    Started(AbortHandle),
    Aborted,
}

/// Key of a task in the list. Others may have its index later, but not its order.
#[derive(Clone, Copy)]
pub(super) struct Key {
    index: usize,
    order: u64,
}

impl Running {
    /// Returns how many tasks were added so far, including those that have ended.
    pub(super) fn added(&self) -> u64 {
        self.added
    }

    pub(super) fn add(&mut self, name: Cow<'static, str>) -> Key {
        let order = self.added;
        self.added += 1;
        let entry = Some(Entry { order, name, state: State::Starting });
        let index = if let Some(index) = self.free.pop() {
            self.entries[index] = entry;
            index
        } else {
            self.entries.push(entry);
            self.entries.len() - 1
        };
        Key { index, order }
    }

    /// Sets the handle of a task. Returns it if the task was aborted before.
    pub(super) fn set_handle(&mut self, key: Key, handle: AbortHandle) -> Option<AbortHandle> {
        // The task may have ended already.
        let entry = self.entries[key.index].as_mut().filter(|entry| entry.order == key.order)?;
        match entry.state {
            State::Aborted => Some(handle),
            State::Starting | State::Started(_) => {
                entry.state = State::Started(handle);
                None
            }
        }
    }

    /// Removes a task, and returns its name.
    pub(super) fn remove(&mut self, key: Key) -> Option<Cow<'static, str>> {
        let entry = self.entries[key.index].take_if(|entry| entry.order == key.order)?;
        self.free.push(key.index);
        Some(entry.name)
    }

    /// Returns the names of the tasks, in the order in which they were added.
    pub(super) fn names(&self) -> Vec<String> {
        let mut entries: Vec<_> = self.entries.iter().flatten().collect();
        entries.sort_unstable_by_key(|entry| entry.order);
        entries.into_iter().map(|entry| entry.name.to_string()).collect()
    }

    /// Marks those of the `first` tasks as aborted that are not marked yet. Returns their names, in the order in which
    /// they were added, and the handles that are known.
    pub(super) fn abort(&mut self, first: u64) -> (Vec<String>, Vec<AbortHandle>) {
        let is_due = |entry: &&mut Entry| entry.order < first && !matches!(entry.state, State::Aborted);
        let mut entries: Vec<_> = self.entries.iter_mut().flatten().filter(is_due).collect();
        entries.sort_unstable_by_key(|entry| entry.order);
        let (mut names, mut handles) = (Vec::new(), Vec::new());
        for entry in entries {
            names.push(entry.name.to_string());
            if let State::Started(handle) = std::mem::replace(&mut entry.state, State::Aborted) {
                handles.push(handle);
            }
        }
        (names, handles)
    }
}
