//! Command line.

use clap::{Args, CommandFactory as _, Parser, Subcommand};

use crate::{
    commands::{check, completions, eject, expand, explain, graph, new, routes},
    error::{Error, Outcome},
    session::Session,
};

/// Arguments of the program: cargo calls `cargo-inject inject ..`.
#[derive(Debug, Parser)]
#[command(name = "cargo", bin_name = "cargo", styles = styles())]
pub enum Cargo {
    #[doc(hidden)]
    Inject(Inject),
}

/// Shows what the macros of `inject` did: expansions, the dependency graph, the route table
#[derive(Debug, Args)]
#[command(version, after_help = "Exit status: 0 success, 1 findings, 2 error")]
pub struct Inject {
    #[command(subcommand)]
    command: Command,
    #[command(flatten)]
    color: colorchoice_clap::Color,
}

#[derive(Debug, Subcommand)]
enum Command {
    Expand(expand::Arguments),
    Eject(eject::Arguments),
    Graph(graph::Arguments),
    Routes(routes::Arguments),
    Check(check::Arguments),
    Explain(explain::Arguments),
    New(new::Arguments),
    Completions(completions::Arguments),
}

impl Cargo {
    /// Applies `--color` to the process.
    pub fn write_color(&self) {
        let Self::Inject(arguments) = self;
        arguments.color.write_global();
    }

    /// Runs the command. Returns the exit status: 0 success, 1 findings, 2 error.
    #[must_use]
    pub fn run(&self, session: &Session) -> u8 {
        let Self::Inject(arguments) = self;
        match arguments.command.run(session) {
            Ok(outcome) => outcome.status(),
            Err(error) => {
                session.message(&error.report());
                2
            }
        }
    }
}

impl Command {
    fn run(&self, session: &Session) -> Result<Outcome, Error> {
        match self {
            Self::Expand(arguments) => expand::run(arguments, session),
            Self::Eject(arguments) => eject::run(arguments, session),
            Self::Graph(arguments) => graph::run(arguments, session),
            Self::Routes(arguments) => routes::run(arguments, session),
            Self::Check(arguments) => check::run(arguments, session),
            Self::Explain(arguments) => explain::run(arguments, session),
            Self::New(arguments) => new::run(arguments, session),
            Self::Completions(arguments) => {
                let program = Inject::augment_args(clap::Command::new("cargo-inject"));
                completions::run(arguments, session, program, Cargo::command())
            }
        }
    }
}

const fn styles() -> clap::builder::Styles {
    use anstyle::{AnsiColor, Effects};
    clap::builder::Styles::styled()
        .header(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .usage(AnsiColor::Green.on_default().effects(Effects::BOLD))
        .literal(AnsiColor::Cyan.on_default().effects(Effects::BOLD))
        .placeholder(AnsiColor::Cyan.on_default())
}
