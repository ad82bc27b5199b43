//! `cargo inject`: what the macros wrote, who depends on what, who may call which route.
//!
//! `expand` and `eject` run the code of the macros (`inject-codegen`) over the sources, `graph` and `routes` ask the compiled crate, `check`
//! reads `use` paths, which types cannot see.

mod cli;
mod commands;
mod compiled;
mod error;
mod expansion;
mod nearest;
mod output;
mod package;
mod source;

use std::process::ExitCode;

use clap::Parser as _;

fn main() -> ExitCode {
    let cli::Cargo::Inject(arguments) = cli::Cargo::parse();
    arguments.color.write_global();
    match commands::run(arguments.command) {
        Ok(outcome) => outcome.into(),
        Err(error) => {
            anstream::eprintln!("{}", error.report());
            ExitCode::from(2)
        }
    }
}
