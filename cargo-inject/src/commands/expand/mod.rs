//! `cargo inject expand`: the code that the macros write.

pub(crate) mod diff;
mod highlight;
mod saved;

use std::path::PathBuf;

use clap::Args;

use crate::{
    cli::Selection,
    error::{Error, Outcome},
    expansion::{Crate, NotFound, Purpose, Style, View},
    output::print,
    source::{Problem, Target, TargetChoice, Tree},
};

/// Shows what the macros write, for an item, a module or the whole crate
///
/// What you have written is shown as it is, with its comments; below each item stands what the macros of `inject` add to it. Other macros
/// are left as they are written. Nothing is compiled.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo inject expand services::UserService
  cargo inject expand routes --pretty
  cargo inject expand --save expansions        and, after an upgrade:
  cargo inject expand --check expansions

Exit status: 0 fine, 1 a macro reports an error, or `--check` has found a difference, 2 it could not be done.")]
pub(crate) struct Arguments {
    /// An item such as `services::UserService`, or a module: from the root of the crate, or the last names of its path
    path: Option<String>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    target: TargetChoice,
    /// Short paths with `use` lines and readable names, as a person would have written it: for reading, not for compiling
    #[arg(long)]
    pretty: bool,
    /// Leaves out the comments that say which attribute a part comes from
    #[arg(long)]
    no_comments: bool,
    /// The source and its expansion: side by side on a wide terminal
    #[arg(long, value_name = "LAYOUT", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    diff: Option<diff::Layout>,
    /// Saves what the macros write in the crate, a file for each module
    #[arg(long, value_name = "DIR", conflicts_with_all = ["path", "pretty", "diff", "check"])]
    save: Option<PathBuf>,
    /// Compares with what `--save` has saved
    #[arg(long, value_name = "DIR", conflicts_with_all = ["path", "pretty", "diff"])]
    check: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let selected = arguments.selection.select()?;
    let target = Target::chosen(&selected, &arguments.selection, &arguments.target)?;
    let tree = Tree::load(target)?;
    let purpose = if arguments.pretty { Purpose::Reading } else { Purpose::Showing };
    let style = Style { purpose, comments: !arguments.no_comments };
    let krate = Crate::new(&tree, &selected, style)?;
    if let Some(folder) = &arguments.save {
        return saved::save(&krate, folder);
    }
    if let Some(folder) = &arguments.check {
        return saved::check(&krate, folder);
    }
    let views = match &arguments.path {
        Some(path) => krate.views_of(&krate.find(path).map_err(|why| not_found(path, why))?),
        None => krate.views(),
    };
    print(&shown(&views, arguments))?;
    if !views.iter().any(|view| view.has_expansions) {
        anstream::eprintln!(
            "no macro of `inject` is used {}",
            match &arguments.path {
                Some(path) => format!("in `{path}`"),
                None => "here".to_owned(),
            }
        );
    }
    Ok(report(views.iter().flat_map(|view| &view.problems)))
}

/// The views, one after the other, under titles where there are several files.
fn shown(views: &[View], arguments: &Arguments) -> String {
    if let Some(layout) = arguments.diff {
        let pairs = views.iter().map(|view| (view.title.as_str(), view.before.as_str(), view.after.as_str()));
        return diff::all(pairs, layout);
    }
    let titled = views.iter().any(|view| view.title != views[0].title);
    let mut written = String::new();
    for (number, view) in views.iter().enumerate() {
        if number > 0 {
            written.push('\n');
        }
        if titled {
            written.push_str(&highlight::title(&format!("// {}", view.title)));
            written.push_str("\n\n");
        }
        written.push_str(&highlight::rust(&view.after));
    }
    written
}

/// Prints what the macros have to say.
pub(crate) fn report<'a>(problems: impl Iterator<Item = &'a Problem>) -> Outcome {
    let mut outcome = Outcome::Fine;
    for problem in problems {
        anstream::eprintln!("{}\n", problem.rendered());
        outcome = Outcome::Found;
    }
    outcome
}

/// Paths, one a line, below a message.
pub(crate) fn list(paths: &[String]) -> String {
    paths.iter().flat_map(|path| ["\n  ", path]).collect()
}

/// Why `path` means nothing, and what could have been meant.
pub(crate) fn not_found(path: &str, why: NotFound) -> Error {
    Error::Message(match why {
        NotFound::Nothing { nearest } if nearest.is_empty() => format!(
            "there is no `{path}` in the crate: give the path of an item or a module, as in `services::UserService`",
        ),
        NotFound::Nothing { nearest } => {
            format!("there is no `{path}` in the crate; the nearest are{}", list(&nearest))
        }
        NotFound::Ambiguous(paths) => format!("`{path}` could be each of these: say which{}", list(&paths)),
        NotFound::Absent { name, location, condition } => format!(
            "`{name}` ({location}) is not there: it is under `{condition}`, which does not hold; `--features` turns features on",
        ),
        NotFound::InMacro { name, location } => format!(
            "`{name}` is written inside of a macro call ({location}), where only the compiler sees it",
        ),
    })
}
