//! Reading all modules of a crate: one after the other on all processors, or all at once.

use std::{
    num::NonZero,
    sync::{Condvar, Mutex, MutexGuard, PoisonError},
    thread,
};

use super::{
    file::{Problem, Problems, Target},
    module::Module,
    survey::{Declared, Parsed},
};

/// Calls `visit` with every module of `target`, and returns the results in the order in which the modules are declared, each before
/// those inside it.
///
/// Syntax cannot leave the thread that parsed it, so `visit` returns all that the caller needs of a module.
///
/// # Errors
///
/// Returns all files that are missing or cannot be parsed.
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
        // A panic in `visit` continues here.
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

/// Files that are left to read.
struct Queue {
    state: Mutex<State>,
    changed: Condvar,
}

struct State {
    declared: Vec<Declared>,
    /// Number of files that are being read, and may declare more.
    in_work: usize,
}

/// Results of one thread, with the positions of the modules.
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
            // Other threads wait for it, also if `visit` panics.
            let done = Done(self);
            let position = next.position.clone();
            match next.parse(target) {
                Err(problem) => part.problems.push((position, problem)),
                Ok(parsed) => {
                    let survey = parsed.survey(target);
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

    /// File to read; none when no file can declare another one.
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

/// File that is being read.
struct Done<'a>(&'a Queue);

impl Drop for Done<'_> {
    fn drop(&mut self) {
        self.0.lock().in_work -= 1;
        self.0.changed.notify_all();
    }
}

/// Parsed files of a crate, for commands that need all modules at once.
pub(crate) struct Tree {
    target: Target,
    files: Vec<Parsed>,
}

impl Tree {
    /// Reads all files of `target`. The files stay in one thread, because syntax does; [`walk`] is faster for a command that needs one module
    /// after the other.
    ///
    /// # Errors
    ///
    /// Returns all files that are missing or cannot be parsed.
    pub(crate) fn load(target: Target) -> Result<Self, Problems> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        let mut declared = vec![Declared::root(target.root.clone())];
        while let Some(next) = declared.pop() {
            match next.parse(&target) {
                Ok(parsed) => {
                    let survey = parsed.survey(&target);
                    problems.extend(survey.problems);
                    declared.extend(survey.declared);
                    files.push(parsed);
                }
                Err(problem) => problems.push(problem),
            }
        }
        if problems.is_empty() { Ok(Self { target, files }) } else { Err(Problems(problems)) }
    }

    /// All modules, in the order in which they are declared, each before those inside it.
    pub(crate) fn modules(&self) -> Vec<Module<'_>> {
        let mut modules: Vec<_> =
            self.files.iter().flat_map(|file| file.survey(&self.target).modules).collect();
        modules.sort_by(|a, b| a.position.cmp(&b.position));
        modules
    }

    /// Crate that was read.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}
