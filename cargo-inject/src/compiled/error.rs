//! Errors of asking a compiled crate.

use crate::{file_error::FileError, nearest::quoted, package::PackageError, source::Problems};

/// Error returned when a crate cannot be compiled, or does not answer.
#[derive(Debug, thiserror::Error)]
pub(crate) enum CompiledError {
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Sources(#[from] Problems),
    #[error("`{package}` has no library, and only a library can be asked")]
    NoLibrary { package: String },
    #[error(
        "the container `{container}` ({place}) is in a binary, which cannot be asked: move it into the library, `src/lib.rs`, and let `main.rs` call the library"
    )]
    InBinary { container: String, place: String },
    #[error("`{package}` has no container: no struct of its library is under `#[container]`")]
    NoContainer { package: String },
    #[error("`{package}` has no function for its routes: `pub fn routes() -> Routes<{container}>`")]
    NoRoutes { package: String, container: String },
    #[error(
        "{what} `{path}` ({place}) cannot be named from outside of its crate: make it and each module around it `pub`, or re-export it with `pub use`"
    )]
    Unnameable { what: &'static str, path: String, place: String },
    #[error("`{package}` has several {what}: select one with `{option} PATH`{}", lines(.candidates))]
    Several {
        package: String,
        what: String,
        option: &'static str,
        /// Paths and places.
        candidates: Vec<(String, String)>,
    },
    #[error("`{package}` has no {what} `{wanted}`{}", meant_or_all(.nearest.as_deref(), .all))]
    Unknown { package: String, what: &'static str, wanted: String, nearest: Option<String>, all: Vec<String> },
    #[error("`{package}` does not depend on `inject-runtime`")]
    NoRuntime { package: String },
    #[error("{path} cannot be read: {source}")]
    Manifest { path: String, source: toml::de::Error },
    #[error(
        "the program that asks `{package}` does not compile: it takes `{container}` for the container{}; `--container` and `--routes` select others",
        .routes.as_ref().map(|routes| format!(" and `{routes}` for the routes")).unwrap_or_default()
    )]
    QuestionDoesNotCompile { package: String, container: String, routes: Option<String> },
    #[error(
        "`{krate}`{} does not compile: the errors are above, and `cargo check` shows them as well",
        .needed_by.as_ref().map(|package| format!(", on which `{package}` depends,")).unwrap_or_default()
    )]
    DoesNotCompile { krate: String, needed_by: Option<String> },
    #[error("`{package}` cannot be built\n{}", .output.trim_end())]
    BuildFailed { package: String, output: String },
    #[error("the function that returns the routes fails\n{stderr}")]
    RoutesFailed { stderr: String },
    #[error(
        "the `inject-runtime` of this crate answers in a form that `cargo inject` does not expect, install the same version: {0}"
    )]
    Answer(#[source] serde_json::Error),
    #[error("the answer is not UTF-8: {0}")]
    NotText(#[from] std::string::FromUtf8Error),
}

fn lines(candidates: &[(String, String)]) -> String {
    let width = candidates.iter().map(|(path, _)| path.len()).max().unwrap_or_default();
    let lines: Vec<_> =
        candidates.iter().map(|(path, place)| format!("\n  {path:width$}  {place}")).collect();
    lines.concat()
}

fn meant_or_all(nearest: Option<&str>, all: &[String]) -> String {
    match nearest {
        Some(nearest) => format!(": did you mean `{nearest}`?"),
        None if all.is_empty() => String::new(),
        None => format!(", but {}", quoted(all.iter().map(String::as_str))),
    }
}
