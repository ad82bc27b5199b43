//! The commands: one module each, with its `Arguments` and `run`.

pub(crate) mod check;
pub(crate) mod completions;
pub(crate) mod eject;
pub(crate) mod expand;
pub(crate) mod explain;
pub(crate) mod graph;
pub(crate) mod new;
pub(crate) mod routes;

use crate::{
    cli::Command,
    error::{Error, Outcome},
};

/// Runs the command.
pub(crate) fn run(command: Command) -> Result<Outcome, Error> {
    match command {
        Command::Expand(arguments) => expand::run(&arguments),
        Command::Eject(arguments) => eject::run(&arguments),
        Command::Graph(arguments) => graph::run(&arguments),
        Command::Routes(arguments) => routes::run(&arguments),
        Command::Check(arguments) => check::run(&arguments),
        Command::Explain(arguments) => explain::run(&arguments),
        Command::New(arguments) => new::run(&arguments),
        Command::Completions(arguments) => completions::run(&arguments),
    }
}
