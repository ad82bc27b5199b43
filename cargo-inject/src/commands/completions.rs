//! `cargo inject completions`

use std::io;

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{
    cli::Cargo,
    error::{Error, Outcome},
};

/// Prints the completions of a shell
#[derive(Debug, Args)]
#[command(
    after_help = "Example: cargo inject completions bash > ~/.local/share/bash-completion/completions/cargo-inject"
)]
pub(crate) struct Arguments {
    /// Which shell
    shell: Shell,
}

/// Prints them.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    clap_complete::generate(arguments.shell, &mut Cargo::command(), "cargo-inject", &mut io::stdout());
    Ok(Outcome::Fine)
}
