//! Saved expansions: what the macros have written, to be reviewed when they write something else.
//!
//! There is a file for each module, and in it only what the macros write: the code around it changes for reasons of its own.

use std::{
    collections::{BTreeMap, BTreeSet},
    fmt::Write as _,
    fs, io,
    path::{Path, PathBuf},
};

use super::{diff, report};
use crate::{
    error::{Error, Outcome},
    expansion::Crate,
    output::print,
    source::{ModulePath, Problem},
};

/// The first line of each file: no other file is ever removed.
const HEADER: &str =
    "// What the macros of `inject` write: saved by `cargo inject expand --save`, not to be edited.";

/// Saves the expansions of a crate in `folder`, and removes what was saved there for modules that have none any more.
pub(super) fn save(krate: &Crate<'_>, folder: &Path) -> Result<Outcome, Error> {
    let (files, problems) = expansions(krate);
    let before = saved(folder)?;
    for (path, text) in &files {
        let path = folder.join(path);
        if let Some(parent) = path.parent() {
            fs::create_dir_all(parent).map_err(Error::at(parent))?;
        }
        fs::write(&path, text).map_err(Error::at(&path))?;
    }
    for path in before.keys().filter(|path| !files.contains_key(*path)) {
        let path = folder.join(path);
        fs::remove_file(&path).map_err(Error::at(&path))?;
    }
    let modules = if files.len() == 1 { "module" } else { "modules" };
    anstream::eprintln!("saved the expansions of {} {modules} in {}", files.len(), folder.display());
    Ok(report(problems.iter()))
}

/// Compares the expansions of a crate with those in `folder`.
pub(super) fn check(krate: &Crate<'_>, folder: &Path) -> Result<Outcome, Error> {
    if !folder.is_dir() {
        let folder = folder.display();
        return Err(Error::Message(format!(
            "there is no folder {folder}: make it with `cargo inject expand --save {folder}`",
        )));
    }
    let (files, problems) = expansions(krate);
    let before = saved(folder)?;
    let mut outcome = report(problems.iter());
    let paths: BTreeSet<_> = files.keys().chain(before.keys()).collect();
    for path in paths {
        let text = |files: &BTreeMap<PathBuf, String>| files.get(path).cloned().unwrap_or_default();
        let (old, new) = (text(&before), text(&files));
        if old != new {
            outcome = Outcome::Found;
            print(&diff::unified(&path.display().to_string(), &old, &new))?;
        }
    }
    if outcome == Outcome::Found {
        anstream::eprintln!(
            "what the macros write has changed: `cargo inject expand --save {}` saves it",
            folder.display(),
        );
    }
    Ok(outcome)
}

/// The files that there should be.
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

/// What has been saved in `folder`.
fn saved(folder: &Path) -> Result<BTreeMap<PathBuf, String>, Error> {
    fn collect(root: &Path, folder: &Path, found: &mut BTreeMap<PathBuf, String>) -> Result<(), Error> {
        let entries = match fs::read_dir(folder) {
            Err(error) if error.kind() == io::ErrorKind::NotFound => return Ok(()),
            entries => entries.map_err(Error::at(folder))?,
        };
        for entry in entries {
            let path = entry.map_err(Error::at(folder))?.path();
            if path.is_dir() {
                collect(root, &path, found)?;
            } else if path.extension().is_some_and(|extension| extension == "rs") {
                let text = fs::read_to_string(&path).map_err(Error::at(&path))?;
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
