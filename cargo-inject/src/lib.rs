//! Library behind `cargo inject`: the code that the macros write, the dependency graph, the route table, and rules for modules.
//!
//! `expand` and `eject` run the code of the macros (`inject-codegen`) on the sources, `graph` and `routes` ask the compiled crate, and `check`
//! holds paths to rules that types cannot express.
//!
//! This is not a stable API. The library exists for the program and its tests, and can change with every version.
//!
//! ```text
//! main --> cli --> commands --> expansion, compiled --> package --> source
//! ```

mod cli;
mod commands;
mod compiled;
mod error;
mod expansion;
mod file_error;
mod macros;
mod nearest;
mod package;
mod session;
mod source;

use std::{
    ffi::{OsStr, OsString},
    io,
    path::Path,
};

use clap::Parser as _;

#[doc(hidden)]
pub use self::{
    cli::{Cargo, Inject},
    session::{Captured, Session},
};

/// Arguments as cargo gives them, also if the program was called as `cargo-inject check` instead of `cargo inject check`.
#[doc(hidden)]
pub fn arguments(given: impl IntoIterator<Item = OsString>) -> Vec<OsString> {
    let mut arguments: Vec<_> = given.into_iter().collect();
    if arguments.get(1).map(OsString::as_os_str) != Some(OsStr::new("inject")) {
        arguments.insert(1.min(arguments.len()), "inject".into());
    }
    arguments
}

/// Result of a run.
#[doc(hidden)]
#[derive(Debug)]
pub struct Run {
    /// Exit status: 0 success, 1 findings, 2 error.
    pub status: i32,
    pub stdout: String,
    pub stderr: String,
}

/// Runs `cargo inject` with `arguments` in `folder`, in this process.
///
/// # Errors
///
/// The folder does not exist.
#[doc(hidden)]
pub fn run(folder: &Path, arguments: &[&str]) -> io::Result<Run> {
    let (session, stdout, stderr) = Session::captured(folder)?;
    match Cargo::try_parse_from(["cargo", "inject"].iter().chain(arguments)) {
        Ok(parsed) => {
            let status = parsed.run(&session).into();
            Ok(Run { status, stdout: stdout.text(), stderr: stderr.text() })
        }
        Err(error) => {
            let text = error.render().to_string();
            let (stdout, stderr) =
                if error.use_stderr() { (String::new(), text) } else { (text, String::new()) };
            Ok(Run { status: error.exit_code(), stdout, stderr })
        }
    }
}
