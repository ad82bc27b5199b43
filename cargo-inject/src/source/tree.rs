//! All modules of a crate at once, for commands that look from one to another.

use super::{
    module::Module,
    problem::Problems,
    survey::{Declared, Parsed},
    target::Target,
};

/// The parsed files of a crate.
pub(crate) struct Tree {
    target: Target,
    files: Vec<Parsed>,
}

impl Tree {
    /// Reads all files of `target`. They stay in one thread, since syntax does; a command that looks at one module after the other is
    /// better off with [`walk`](super::walk()).
    ///
    /// # Errors
    ///
    /// Files that are not there or cannot be parsed: all of them.
    pub(crate) fn load(target: Target) -> Result<Self, Problems> {
        let (mut files, mut problems) = (Vec::new(), Vec::new());
        let mut declared = vec![Declared::root(target.root.clone())];
        while let Some(next) = declared.pop() {
            match next.parse() {
                Ok(parsed) => {
                    let survey = parsed.survey(&target.conditions);
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
            self.files.iter().flat_map(|file| file.survey(&self.target.conditions).modules).collect();
        modules.sort_by(|a, b| a.position.cmp(&b.position));
        modules
    }

    /// What it was loaded from.
    pub(crate) fn target(&self) -> &Target {
        &self.target
    }
}
