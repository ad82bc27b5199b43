//! `cargo inject eject`: the expansion of an item, in the place of its attributes.

mod imports;
mod repository;

use std::fs;

use clap::Args;

use super::expand::{diff, list, not_found, report};
use crate::{
    cli::Selection,
    error::{Error, Outcome},
    expansion::{Crate, Edit, Expansion, Found, Purpose, Style, apply},
    output::print,
    source::{Module, Target, TargetChoice, Tree},
};

/// Replaces the attributes of an item by what they expand to
///
/// The crate compiles as before, and the code is yours. Only the item is rewritten: the rest of the file stays as it is, byte for byte.
#[derive(Debug, Args)]
#[command(after_help = "\
Example: cargo inject eject services::UserService --dry-run

Exit status: 0 done, 1 the item has errors, 2 it could not be done.")]
pub(crate) struct Arguments {
    /// The item, such as `services::UserService`: from the root of the crate, or the last names of its path
    path: String,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    target: TargetChoice,
    /// Shows the difference, and changes nothing
    #[arg(long)]
    dry_run: bool,
    /// Also changes a file that git has no copy of
    #[arg(long)]
    force: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let path = &arguments.path;
    let selected = arguments.selection.select()?;
    let target = Target::chosen(&selected, &arguments.selection, &arguments.target)?;
    let tree = Tree::load(target)?;
    let krate = Crate::new(&tree, &selected, Style { purpose: Purpose::Source, comments: false })?;
    let (module, name) = item(&krate, path)?;
    let expansions = krate.expand_called(module, name.as_str()).expansions;
    if expansions.is_empty() {
        return Err(Error::Message(format!(
            "no macro of `inject` is used in `{path}`: there is nothing to replace"
        )));
    }
    if let Outcome::Found = report(expansions.iter().flat_map(|expansion| &expansion.problems)) {
        anstream::eprintln!("nothing has been changed: `{path}` does not compile");
        return Ok(Outcome::Found);
    }
    let new = ejected(module, &expansions)?;
    let file = &module.file;
    if arguments.dry_run {
        print(&diff::unified(&file.shown(), &file.text, &new))?;
        return Ok(Outcome::Fine);
    }
    if !arguments.force {
        repository::has_copy_of(&file.path).map_err(|why| {
            let shown = file.shown();
            Error::Message(format!(
                "{shown} {why}, so there would be no way back: commit it, or say `--force`"
            ))
        })?;
    }
    fs::write(&file.path, &new).map_err(Error::at(&file.path))?;
    anstream::eprintln!("{} is ejected, in {}", module.path.join(name), file.shown());
    for unused in imports::unused(&file.text, &new) {
        anstream::eprintln!("the import of `{unused}` is not used any more");
    }
    Ok(Outcome::Fine)
}

/// The item that `path` means.
fn item<'c, 'a>(krate: &'c Crate<'a>, path: &str) -> Result<(&'c Module<'a>, String), Error> {
    let found = krate.find(path).map_err(|why| not_found(path, why))?;
    let item = found.iter().find_map(|target| match target {
        Found::Items { module, name } => Some((&krate.modules[*module], name.clone())),
        Found::Module(_) => None,
    });
    let Some(item) = item else {
        let module = found.iter().find_map(|target| match target {
            Found::Module(module) => Some(&krate.modules[*module]),
            Found::Items { .. } => None,
        });
        let mut inside: Vec<_> = module
            .map(|module| {
                krate
                    .expand(module, |_| true)
                    .expansions
                    .into_iter()
                    .map(|item| module.path.join(item.name).to_string())
            })
            .into_iter()
            .flatten()
            .collect();
        inside.dedup();
        return Err(Error::Message(if inside.is_empty() {
            format!("`{path}` is a module, and no macro of `inject` is used in it")
        } else {
            format!("`{path}` is a module, and items are ejected one by one; in it are{}", list(&inside))
        }));
    };
    Ok(item)
}

/// The text of the file of `module` with `expansions` in the place of what they come from.
fn ejected(module: &Module<'_>, expansions: &[Expansion]) -> Result<String, Error> {
    let file = module.file;
    let refuse = |expansion: &Expansion, why: &str| {
        let place = file.location(expansion.range.start);
        Error::Message(format!("`{}` ({place}) cannot be ejected: {why}", expansion.name))
    };
    if let Some((expansion, why)) =
        expansions.iter().find_map(|expansion| Some((expansion, expansion.obstacle?)))
    {
        return Err(refuse(expansion, why));
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
        Err(error) => Err(refuse(&expansions[0], &format!("the result would not be Rust ({error})"))),
    }
}
