//! `cargo inject check`: what types cannot see.
//!
//! ```text
//! Cargo.toml --config--> Rules ---------------------------------+
//! src --source--> Module --facts--> Facts --resolution--> Use --+--rules--> Finding --baseline--> report
//! ```

mod baseline;
mod config;
mod facts;
mod finding;
mod package;
mod report;
mod resolution;
mod rules;

use clap::{Args, ValueEnum};

use crate::{
    cli::Selection,
    error::{Error, Outcome},
    output,
};

/// Holds the modules to the rules in Cargo.toml: who may use whom, and what is called what
#[derive(Debug, Args)]
#[command(after_help = "\
Exit status: 0 all rules hold, 1 one is broken, 2 it could not be done.

Examples:
  cargo inject check
  cargo inject check --workspace --format sarif > check.sarif
  cargo inject check --update-baseline")]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// All packages of the workspace that have rules
    #[arg(long, conflicts_with = "package")]
    workspace: bool,
    /// What the report looks like
    #[arg(long, value_enum, default_value_t = Format::Text)]
    format: Format,
    /// Writes inject-baseline.toml: what is broken now is known from now on
    #[arg(long)]
    update_baseline: bool,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// For people
    Text,
    /// For scripts
    Json,
    /// SARIF 2.1.0, for code scanning
    Sarif,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let selection = &arguments.selection;
    let packages = if arguments.workspace { selection.select_all()? } else { vec![selection.select()?] };
    let mut checked = Vec::new();
    for selected in &packages {
        checked.extend(package::check(selected, selection, arguments.update_baseline)?);
    }
    if checked.is_empty() {
        let what = match &packages[..] {
            [selected] if !arguments.workspace => format!("`{}` has no rules", selected.package.name),
            _ => "no package of the workspace has rules".to_owned(),
        };
        return Err(Error::Message(format!(
            "{what}: write them in Cargo.toml, in `[package.metadata.inject]`"
        )));
    }
    let root = packages[0].metadata.workspace_root.as_std_path();
    output::print(&report::render(&checked, arguments.format, root))?;
    let fine = checked.iter().all(|package| package.new.is_empty());
    Ok(if fine { Outcome::Fine } else { Outcome::Found })
}
