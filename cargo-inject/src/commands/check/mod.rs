//! `cargo inject check`: rules for modules, which types cannot express.
//!
//! ```text
//! Cargo.toml --config--> Rules ---------------------------------+
//! src --source--> Module --facts, names--> Use -----------------+--rules--> Finding --baseline--> report
//! ```

mod baseline;
mod config;
mod facts;
mod finding;
mod package;
mod report;
mod rules;
mod uses;

use clap::Args;

use self::report::Format;
use crate::{
    error::{Error, Outcome},
    package::Selection,
    session::Session,
};

/// Checks the modules against the rules in Cargo.toml: which module may use which, and the names of types
#[derive(Debug, Args)]
#[command(after_help = "\
Examples:
  cargo inject check
  cargo inject check --workspace --format sarif > check.sarif
  cargo inject check --update-baseline

Exit status: 0 success, 1 violations, 2 error")]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Checks all packages of the workspace that have rules
    #[arg(long, conflicts_with = "package")]
    workspace: bool,
    /// Format of the report
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Writes inject-baseline.toml, so that the present violations are known
    #[arg(long)]
    update_baseline: bool,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let selection = &arguments.selection;
    let packages = if arguments.workspace {
        selection.select_all(session.folder())?
    } else {
        vec![selection.select(session.folder())?]
    };
    let mut checked = Vec::new();
    for selected in &packages {
        checked.extend(package::check(selected, arguments.update_baseline)?);
    }
    if checked.is_empty() {
        let package = match &packages[..] {
            [selected] if !arguments.workspace => Some(selected.package.name.to_string()),
            _ => None,
        };
        return Err(Error::NoRules { package });
    }
    let root = packages[0].metadata.workspace_root.as_std_path();
    session.print(&report::render(&checked, arguments.format, root))?;
    Ok(Outcome::of(checked.iter().any(|package| !package.new.is_empty())))
}
