//! Queue of the tasks that start after the response.

use std::{
    borrow::Cow,
    sync::{Mutex, MutexGuard, PoisonError},
};

use super::Tasks;
use crate::boxed::BoxFuture;

/// Tasks of a request. Handles on it outlive the request.
pub(crate) struct Queue {
    tasks: Tasks,
    state: Mutex<QueueState>,
}

enum QueueState {
    /// The first task, and those after it: most requests have one.
    Waiting(Option<QueuedTask>, Vec<QueuedTask>),
    /// The request has ended, and succeeded: tasks start at once.
    Started,
    /// The request has failed: tasks are dropped.
    Dropped,
}

/// Task that waits for the end of its request.
pub(crate) struct QueuedTask {
    pub(crate) name: Cow<'static, str>,
    pub(crate) task: BoxFuture<'static, ()>,
}

impl Queue {
    pub(super) const fn new(tasks: Tasks) -> Self {
        Self { tasks, state: Mutex::new(QueueState::Waiting(None, Vec::new())) }
    }

    /// Creates a queue that starts its tasks at once.
    pub(crate) const fn started(tasks: Tasks) -> Self {
        Self { tasks, state: Mutex::new(QueueState::Started) }
    }

    pub(crate) fn add(&self, task: QueuedTask) {
        let mut state = self.lock();
        match &mut *state {
            QueueState::Waiting(first @ None, _) => *first = Some(task),
            QueueState::Waiting(Some(_), rest) => rest.push(task),
            QueueState::Started => {
                drop(state);
                task.start(&self.tasks);
            }
            QueueState::Dropped => {}
        }
    }

    pub(super) fn is_empty(&self) -> bool {
        matches!(&*self.lock(), QueueState::Waiting(None, _))
    }

    /// Starts the tasks if the request has succeeded, and drops them otherwise.
    pub(super) fn end(&self, is_success: bool) {
        let state = if is_success { QueueState::Started } else { QueueState::Dropped };
        let state = std::mem::replace(&mut *self.lock(), state);
        if let (QueueState::Waiting(first, rest), true) = (state, is_success) {
            for task in first.into_iter().chain(rest) {
                task.start(&self.tasks);
            }
        }
    }

    fn lock(&self) -> MutexGuard<'_, QueueState> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl QueuedTask {
    fn start(self, tasks: &Tasks) {
        tasks.start(self.name, self.task);
    }
}
