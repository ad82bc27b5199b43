//! `cargo inject expand`: the code that the macros write.

pub(crate) mod diff;
mod highlight;
mod saved;

use std::path::PathBuf;

use clap::Args;

use crate::{
    error::{Error, Outcome},
    expansion::{Crate, Purpose, Style, View},
    package::{Selection, TargetChoice},
    session::Session,
    source::Tree,
};

/// Shows what the macros write, for an item, a module or the whole crate
///
/// Your code is shown as it is, with its comments; below each item stands the code that the macros of `inject` add. Other macros are not
/// expanded. Nothing is compiled.
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo inject expand services::UserService
  cargo inject expand routes --pretty
  cargo inject expand --save expansions        and, after an upgrade:
  cargo inject expand --check expansions

Exit status: 0 success, 1 a macro reports an error or `--check` finds a difference, 2 error")]
pub(crate) struct Arguments {
    /// Item such as `services::UserService`, or module: its path from the root of the crate, or the last names of the path
    path: Option<String>,
    #[command(flatten)]
    selection: Selection,
    #[command(flatten)]
    target: TargetChoice,
    /// Shows short paths with `use` lines and readable names of locals and type parameters: for reading, not for compiling
    #[arg(long)]
    pretty: bool,
    /// Omits the comments that name the attribute of each part
    #[arg(long)]
    no_comments: bool,
    /// Shows the source beside its expansion: side by side on a wide terminal
    #[arg(long, value_name = "LAYOUT", num_args = 0..=1, require_equals = true, default_missing_value = "auto")]
    diff: Option<diff::Layout>,
    /// Saves the code that the macros write in the crate, in one file for each module
    #[arg(long, value_name = "DIR", conflicts_with_all = ["path", "pretty", "diff", "check"])]
    save: Option<PathBuf>,
    /// Compares the code with the files that `--save` wrote
    #[arg(long, value_name = "DIR", conflicts_with_all = ["path", "pretty", "diff"])]
    check: Option<PathBuf>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let selected = arguments.selection.select(session.folder())?;
    let tree = Tree::load(selected.target(&arguments.target)?)?;
    let purpose = if arguments.pretty { Purpose::Reading } else { Purpose::Showing };
    let style = Style { purpose, comments: !arguments.no_comments };
    let krate = Crate::new(&tree, &selected, style)?;
    if let Some(folder) = &arguments.save {
        return saved::save(&krate, folder, session);
    }
    if let Some(folder) = &arguments.check {
        return saved::check(&krate, folder, session);
    }
    let views = match &arguments.path {
        Some(path) => krate.views_of(&krate.find(path)?),
        None => krate.views(),
    };
    session.print(&shown(&views, arguments, session))?;
    if !views.iter().any(|view| view.has_expansions) {
        session.message(&match &arguments.path {
            Some(path) => format!("`{path}` uses no macro of `inject`"),
            None => "the crate uses no macro of `inject`".to_owned(),
        });
    }
    Ok(Outcome::of(session.report(views.iter().flat_map(|view| &view.problems))))
}

/// Text of the views, with titles if there are several files.
fn shown(views: &[View], arguments: &Arguments, session: &Session) -> String {
    if let Some(layout) = arguments.diff {
        let pairs = views.iter().map(|view| (view.title.as_str(), view.before.as_str(), view.after.as_str()));
        return diff::all(pairs, layout, session.columns());
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
        written.push_str(&highlight::rust(&view.after, session.has_color()));
    }
    written
}
