//! Formatting of errors for users of a command line.

use std::{error::Error, process::ExitCode};

/// Formats an error and its sources on one line.
pub fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

/// Converts the result of a program to its exit code, and prints the error, if there is one.
#[must_use]
pub fn exit(program: &str, result: Result<(), Box<dyn Error>>) -> ExitCode {
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("{program}: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}
