//! Looking at every module of a crate, on all processors.

use std::{
    num::NonZero,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    module::Module,
    problem::{Problem, Problems},
    survey::Declared,
    target::Target,
};

/// Calls `visit` with every module of `target`, and returns the results in the order in which the modules are declared, each before
/// those inside it.
///
/// Syntax cannot leave the thread that has parsed it, so what is wanted of a module has to be taken from it in `visit`.
///
/// # Errors
///
/// Files that are not there or cannot be parsed: all of them.
pub(crate) fn walk<T: Send>(
    target: &Target,
    visit: impl Fn(&Module<'_>) -> T + Sync,
) -> Result<Vec<T>, Problems> {
    let processors = thread::available_parallelism().map_or(1, NonZero::get);
    let shared =
        Queue { state: Mutex::new(State::of(Declared::root(target.root.clone()))), changed: Condvar::new() };
    let parts: Vec<_> = thread::scope(|scope| {
        let threads: Vec<_> = (0..processors).map(|_| scope.spawn(|| shared.work(target, &visit))).collect();
        threads.into_iter().map(thread::ScopedJoinHandle::join).collect()
    });
    let (mut results, mut problems) = (Vec::new(), Vec::new());
    for part in parts {
        // A panic in `visit` goes on here.
        let part = part.unwrap_or_else(|panic| std::panic::resume_unwind(panic));
        results.extend(part.results);
        problems.extend(part.problems);
    }
    problems.sort_by(|a, b| a.0.cmp(&b.0));
    if !problems.is_empty() {
        return Err(Problems(problems.into_iter().map(|(_, problem)| problem).collect()));
    }
    results.sort_by(|a, b| a.0.cmp(&b.0));
    Ok(results.into_iter().map(|(_, result)| result).collect())
}

/// The files that are left to read.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    declared: Vec<Declared>,
    /// Files that are being read, and may declare more.
    in_work: usize,
}

/// What one thread has found, with where it belongs.
struct Part<T> {
    results: Vec<(Vec<usize>, T)>,
    problems: Vec<(Vec<usize>, Problem)>,
}

impl State {
    fn of(root: Declared) -> Self {
        Self { declared: vec![root], in_work: 0 }
    }
}

impl Queue {
    fn work<T>(&self, target: &Target, visit: impl Fn(&Module<'_>) -> T) -> Part<T> {
        let mut part = Part { results: Vec::new(), problems: Vec::new() };
        while let Some(next) = self.next() {
            // Others wait for it, also if `visit` panics.
            let done = Done(self);
            let position = next.position.clone();
            match next.parse() {
                Err(problem) => part.problems.push((position, problem)),
                Ok(parsed) => {
                    let survey = parsed.survey(&target.conditions);
                    self.add(survey.declared);
                    part.problems
                        .extend(survey.problems.into_iter().map(|problem| (position.clone(), problem)));
                    part.results
                        .extend(survey.modules.iter().map(|module| (module.position.clone(), visit(module))));
                }
            }
            drop(done);
        }
        part
    }

    /// A file to read; none when nobody can declare any more.
    fn next(&self) -> Option<Declared> {
        let mut state = self.lock();
        loop {
            if let Some(next) = state.declared.pop() {
                state.in_work += 1;
                return Some(next);
            }
            if state.in_work == 0 {
                return None;
            }
            state = self.changed.wait(state).unwrap_or_else(PoisonError::into_inner);
        }
    }

    fn add(&self, declared: Vec<Declared>) {
        self.lock().declared.extend(declared);
        self.changed.notify_all();
    }

    fn lock(&self) -> MutexGuard<'_, State> {
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

/// A file that is being read.
struct Done<'a>(&'a Queue);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.lock().in_work -= 1;
        self.0.changed.notify_all();
    }
}
