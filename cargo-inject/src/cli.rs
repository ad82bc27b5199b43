//! The command line.

use clap::{Args, Parser, Subcommand};

use crate::commands::{check, completions, eject, expand, explain, graph, new, routes};

/// Cargo calls `cargo-inject inject ..`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", styles = cargo_styles())]
pub(crate) enum Cargo {
    Inject(Inject),
}

/// Shows what the macros of `inject` did: expansions, the dependency graph, the route table
#[derive(Debug, Args)]
#[command(version, after_help = "Exit status: 0 fine, 1 something was found, 2 it could not be done.")]
pub(crate) struct Inject {
    #[command(subcommand)]
    pub(crate) command: Command,
    #[command(flatten)]
    pub(crate) color: colorchoice_clap::Color,
}

#[derive(Debug, Subcommand)]
pub(crate) enum Command {
    Expand(expand::Arguments),
    Eject(eject::Arguments),
    Graph(graph::Arguments),
    Routes(routes::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    New(new::Arguments),
    Completions(completions::Arguments),
}

/// Which package is looked at.
#[derive(Clone, Debug, Args)]
pub(crate) struct Selection {
    /// The manifest of the package, or of its workspace
    #[arg(long, value_name = "PATH")]
    pub(crate) manifest_path: Option<std::path::PathBuf>,
    /// The package, where there are several
    #[arg(short, long, value_name = "NAME")]
    pub(crate) package: Option<String>,
    /// Features to turn on, separated by commas or spaces
    #[arg(short = 'F', long, value_name = "FEATURES", value_delimiter = ',')]
    pub(crate) features: Vec<String>,
    /// Turns all features on
    #[arg(long)]
    pub(crate) all_features: bool,
    /// Turns the default feature off
    #[arg(long)]
    pub(crate) no_default_features: bool,
}

const fn cargo_styles() -> clap::builder::Styles {
    use anstyle::{AnsiColor, Effects};
    clap::builder::Styles::styled()
        .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
        .placeholder(AnsiColor::Cyan.on_default())
}
