//! `cargo inject explain`

use clap::Args;

use crate::error::{Error, Outcome};

/// Not here yet
#[derive(Debug, Args)]
pub(crate) struct Arguments {}

/// Runs the command.
pub(crate) fn run(_: &Arguments) -> Result<Outcome, Error> {
    Err(Error::Message("`cargo inject explain` is not here yet".to_owned()))
}
