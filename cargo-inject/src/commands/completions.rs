//! `cargo inject completions`

use clap::{Args, CommandFactory as _};
use clap_complete::Shell;

use crate::{
    cli::Cargo,
    error::{Error, Outcome},
    output::print,
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
    let mut script = Vec::new();
    clap_complete::generate(arguments.shell, &mut Cargo::command(), "cargo-inject", &mut script);
    print(&String::from_utf8_lossy(&script))?;
    Ok(Outcome::Fine)
}
