//! What can go wrong, and how it ends.

use std::{io, path::PathBuf, process::ExitCode};

use crate::source::Problems;

/// How a command that could do its work ends.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit status 0.
    Fine,
    /// Something was found that the command was asked to look for: exit status 1.
    Found,
}

impl From<Outcome> for ExitCode {
    fn from(outcome: Outcome) -> Self {
        match outcome {
            Outcome::Fine => Self::SUCCESS,
            Outcome::Found => Self::FAILURE,
        }
    }
}

/// Why a command could not do its work: exit status 2.
#[derive(Debug, thiserror::Error)]
#[non_exhaustive]
pub(crate) enum Error {
    /// Cargo does not know the package.
    #[error("{0}")]
    Metadata(#[from] cargo_metadata::Error),
    /// A file or folder.
    #[error("{path}: {source}", path = .path.display())]
    Io {
        /// Which.
        path: PathBuf,
        /// Why.
        source: io::Error,
    },
    /// The sources.
    #[error("{0}")]
    Source(#[from] Problems),
    /// Whatever is said in one sentence, with the way out in it.
    #[error("{0}")]
    Message(String),
}

impl Error {
    /// The text for a terminal.
    pub(crate) fn report(&self) -> String {
        if let Self::Source(problems) = self {
            return problems.rendered();
        }
        let bold = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
        format!("{bold}error{bold:#}: {self}")
    }

    /// For `map_err` on what is done to a file.
    pub(crate) fn at(path: impl Into<PathBuf>) -> impl FnOnce(io::Error) -> Self {
        let path = path.into();
        move |source| Self::Io { path, source }
    }
}
