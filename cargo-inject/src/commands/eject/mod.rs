//! `cargo inject eject`: the expansion of an item, in the place of its attributes.

mod imports;

use std::{fs, path::Path, process::Command};

use clap::Args;

use super::expand::diff;
use crate::{
    error::{EjectError, Error, Outcome},
    expansion::{Crate, Edit, Expansion, FoundItem, Purpose, Style, apply},
    file_error::FileError,
    package::{Selection, TargetChoice},
    session::Session,
    source::{Module, Tree},
};

/// Replaces the attributes of an item by the code that they expand to
///
/// The result is ordinary code that you can change, and that compiles to the same program. It still depends on `inject-runtime`: it uses
/// items of the hidden module `__private`, which can change with each version of the crate, so an upgrade may need changes to ejected code.
///
/// Only the item is rewritten. The rest of the file stays as it is, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: cargo inject eject services::UserService --dry-run

Exit status: 0 success, 1 the macros report errors, 2 error")]
pub(crate) struct Arguments {
    /// Item such as `services::UserService`: its path from the root of the crate, or the last names of the path
    path: String,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    target: TargetChoice,
    /// Shows the difference, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Changes the file even if git has no copy of it
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let path = &arguments.path;
    let selected = arguments.selection.select(session.folder())?;
    let tree = Tree::load(selected.target(&arguments.target)?)?;
    let krate = Crate::new(&tree, &selected, Style { purpose: Purpose::Source, comments: false })?;
    let (module, name) = item(&krate, path)?;
    let expansions = krate.expand_called(module, name.as_str()).expansions;
    if expansions.is_empty() {
        return Err(EjectError::NoMacros { path: path.clone() }.into());
    }
    if session.report(expansions.iter().flat_map(|expansion| &expansion.problems)) {
        session.message(&format!("nothing was changed: `{path}` does not compile"));
        return Ok(Outcome::Findings);
    }
    let new = ejected(module, &expansions)?;
    let file = &module.file;
    if arguments.dry_run {
        session.print(&diff::unified(&file.shown, &file.text, &new))?;
        return Ok(Outcome::Success);
    }
    if !arguments.force {
        has_copy_of(&file.path).map_err(|why| EjectError::NoCopy { file: file.shown.clone(), why })?;
    }
    fs::write(&file.path, &new).map_err(FileError::at(&file.path))?;
    session.message(&format!("{} is ejected, in {}", module.path.join(name), file.shown));
    for unused in imports::unused(&file.text, &new) {
        session.message(&format!("the import of `{unused}` is unused now"));
    }
    if new.contains("__private") {
        session.note(
            "the code still depends on `inject-runtime`: its `__private` items can change with each version",
        );
    }
    Ok(Outcome::Success)
}

/// Finds the item that `path` means.
fn item<'c, 'a>(krate: &'c Crate<'a>, path: &str) -> Result<(&'c Module<'a>, String), Error> {
    let found = krate.find(path)?;
    let item = found.iter().find_map(|found| match found {
        FoundItem::Items { module, name } => Some((&krate.modules[*module], name.clone())),
        FoundItem::Module(_) => None,
    });
    item.ok_or_else(|| {
        let modules = found.iter().filter_map(|found| match found {
            FoundItem::Module(module) => Some(&krate.modules[*module]),
            FoundItem::Items { .. } => None,
        });
        let expansions = modules.flat_map(|module| {
            let expanded = krate.expand(module, |_| true).expansions;
            expanded.into_iter().map(|expansion| module.path.join(expansion.name).to_string())
        });
        let mut items: Vec<_> = expansions.collect();
        items.dedup();
        EjectError::Module { path: path.to_owned(), items }.into()
    })
}

/// Text of the file of `module` after the replacement of the items by `expansions`.
fn ejected(module: &Module<'_>, expansions: &[Expansion]) -> Result<String, EjectError> {
    let file = module.file;
    let place =
        |expansion: &Expansion| (expansion.name.clone(), file.location(expansion.range.start).to_string());
    let obstacle = expansions.iter().find_map(|expansion| Some((expansion, expansion.obstacle?)));
    if let Some((expansion, why)) = obstacle {
        let (name, place) = place(expansion);
        return Err(EjectError::Obstacle { name, place, why });
    }
    let ends_with_return = file.text.contains("\r\n");
    let edits = expansions.iter().flat_map(|expansion| expansion.edits.iter().cloned());
    let edits: Vec<_> = edits
        .map(|Edit { range, text }| {
            let text = if ends_with_return { text.replace('\n', "\r\n") } else { text };
            Edit { range, text }
        })
        .collect();
    let new = apply(&file.text, 0..file.text.len(), &edits);
    match syn::parse_file(&new) {
        Ok(_) => Ok(new),
        Err(source) => {
            let (name, place) = place(&expansions[0]);
            Err(EjectError::NotRust { name, place, source })
        }
    }
}

/// Checks that git has the file in its present state. If it does not, the error says why: "has changes that are not committed".
fn has_copy_of(file: &Path) -> Result<(), &'static str> {
    let folder = file.parent().unwrap_or(file);
    let mut git = Command::new("git");
    git.arg("-C").arg(folder).args(["status", "--porcelain", "--ignored", "--"]).arg(file);
    let output = git.output().ok().filter(|output| output.status.success());
    match output.as_ref().map(|output| output.stdout.as_slice()) {
        None => Err("is not in a git repository"),
        Some([]) => Ok(()),
        Some([b'?' | b'!', ..]) => Err("is not known to git"),
        Some(_) => Err("has changes that are not committed"),
    }
}
