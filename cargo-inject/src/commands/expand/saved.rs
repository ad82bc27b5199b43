//! Saved expansions, to review the changes when the macros write different code.
//!
//! There is one file for each module. It contains only the code of the macros, because the code around it changes for other reasons.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use super::diff;
use crate::{
    error::{Error, Outcome},
    expansion::Crate,
    file_error::FileError,
    session::Session,
    source::{ModulePath, Problem},
};

/// First line of each file. Files without it are never removed.
const HEADER: &str =
    "// Code that the macros of `inject` write: saved by `cargo inject expand --save`, not to be edited.";

/// Saves the expansions of a crate in `folder`, and removes files of modules that no longer have any.
pub(super) fn save(krate: &Crate<'_>, folder: &Path, session: &Session) -> Result<Outcome, Error> {
    let (shown, folder) = (folder, &session.path(folder));
    let (files, problems) = expansions(krate);
    let before = saved(folder)?;
    for (path, text) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(FileError::at(parent))?;
        }
        fs::write(&path, text).map_err(FileError::at(&path))?;
    }
    for path in before.keys().filter(|path| !files.contains_key(*path)) {
        let path = folder.join(path);
        fs::remove_file(&path).map_err(FileError::at(&path))?;
    }
    let modules = if files.len() == 1 { "module" } else { "modules" };
    session.message(&format!("saved the expansions of {} {modules} in {}", files.len(), shown.display()));
    Ok(Outcome::of(session.report(problems.iter())))
}

/// Compares the expansions of a crate with those in `folder`.
pub(super) fn check(krate: &Crate<'_>, folder: &Path, session: &Session) -> Result<Outcome, Error> {
    let (shown, folder) = (folder, &session.path(folder));
    if !folder.is_dir() {
        return Err(Error::NoSavedExpansions { folder: shown.display().to_string() });
    }
    let (files, problems) = expansions(krate);
    let before = saved(folder)?;
    let mut has_findings = session.report(problems.iter());
    let paths: BTreeSet<_> = files.keys().chain(before.keys()).collect();
    for path in paths {
        let text = |files: &BTreeMap<PathBuf, String>| files.get(path).cloned().unwrap_or_default();
        let (old, new) = (text(&before), text(&files));
        if old != new {
            has_findings = true;
            session.print(&diff::unified(&path.display().to_string(), &old, &new))?;
        }
    }
    if has_findings {
        session.message(&format!(
            "the code that the macros write has changed: `cargo inject expand --save {}` saves it",
            shown.display(),
        ));
    }
    Ok(Outcome::of(has_findings))
}

/// Files with the present expansions.
fn expansions(krate: &Crate<'_>) -> (BTreeMap<PathBuf, String>, Vec<Problem>) {
    let (mut files, mut problems) = (BTreeMap::new(), Vec::new());
    for module in &krate.modules {
        let mut text = String::new();
        for expansion in krate.expand(module, |_| true).expansions {
            for (from, code) in &expansion.generated {
                _ = write!(text, "\n// {}: {from}\n{code}\n", module.path.join(&*expansion.name));
            }
            problems.extend(expansion.problems);
        }
        if !text.is_empty() {
            files.insert(file_of(&module.path), format!("{HEADER}\n{text}"));
        }
    }
    (files, problems)
}

/// `services/user.rs`; `crate.rs` for the root.
fn file_of(module: &ModulePath) -> PathBuf {
    let mut path: PathBuf = module.0.iter().collect();
    if module.0.is_empty() {
        path.push("crate");
    }
    path.set_extension("rs");
    path
}

/// Files that were saved in `folder`.
fn saved(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) -> Result<(), Error> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(FileError::at(folder))?,
        };
        for entry in entries {
            let path = entry.map_err(FileError::at(folder))?.path();
            if path.is_dir() {
                collect(root, &path, found)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).map_err(FileError::at(&path))?;
                let name = path.strip_prefix(root).unwrap_or(&path).to_owned();
                if text.starts_with(HEADER) {
                    found.insert(name, text);
                }
            }
        }
        Ok(())
    }
    let mut found = BTreeMap::new();
    collect(folder, folder, &mut found)?;
    Ok(found)
}
