//! Errors of the commands, and the exit status.

use crate::{
    compiled::CompiledError,
    expansion::{NamesError, NotFound, list},
    file_error::FileError,
    nearest::quoted,
    package::PackageError,
    source::Problems,
};

/// Result of a command that could do its work.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Outcome {
    /// Exit status 0.
    Success,
    /// Exit status 1: the command found something that it is there to find.
    Findings,
}

impl Outcome {
    /// [`Findings`](Self::Findings) if there are any.
    pub(crate) const fn of(has_findings: bool) -> Self {
        if has_findings { Self::Findings } else { Self::Success }
    }

    pub(crate) const fn status(self) -> u8 {
        match self {
            Self::Success => 0,
            Self::Findings => 1,
        }
    }
}

/// Error returned when a command cannot do its work: exit status 2.
#[derive(Debug, thiserror::Error)]
pub(crate) enum Error {
    #[error(transparent)]
    File(#[from] FileError),
    #[error(transparent)]
    Package(#[from] PackageError),
    #[error(transparent)]
    Sources(#[from] Problems),
    #[error(transparent)]
    Names(#[from] NamesError),
    #[error(transparent)]
    NotFound(#[from] NotFound),
    #[error(transparent)]
    Compiled(#[from] CompiledError),
    #[error(transparent)]
    Eject(#[from] EjectError),
    #[error(transparent)]
    Project(#[from] ProjectError),
    #[error("there is no folder {folder}: create it with `cargo inject expand --save {folder}`")]
    NoSavedExpansions { folder: String },
    #[error("{}: write them in Cargo.toml, in `[package.metadata.inject]`", without_rules(.package.as_deref()))]
    NoRules {
        /// None if no package of the workspace has rules.
        package: Option<String>,
    },
    #[error("there is no `{name}` in the graph{}", meant(.nearest.as_deref()).unwrap_or_else(|| format!(" of `{container}`")))]
    UnknownVertex { name: String, container: String, nearest: Option<String> },
    #[error("invalid pattern for a path: {0}")]
    Pattern(#[source] globset::Error),
    #[error("there is no role `{name}`{}", meant(.nearest.as_deref()).unwrap_or_else(|| format!(", but {}", names(.roles))))]
    UnknownRole { name: String, roles: Vec<String>, nearest: Option<String> },
    #[error("there are several roles `{name}`: {}", names(.roles))]
    SeveralRoles { name: String, roles: Vec<String> },
    #[error("there is no tag `{tag}`{}", meant(.nearest.as_deref()).unwrap_or_else(|| ": `cargo inject explain` lists them".to_owned()))]
    UnknownTag { tag: String, nearest: Option<String> },
    #[error("the data cannot be written as JSON: {0}")]
    Json(#[from] serde_json::Error),
}

/// Error returned when an item cannot be ejected.
#[derive(Debug, thiserror::Error)]
pub(crate) enum EjectError {
    #[error("`{path}` uses no macro of `inject`: there is nothing to replace")]
    NoMacros { path: String },
    #[error("`{path}` is a module, and {}", inside(.items))]
    Module { path: String, items: Vec<String> },
    #[error("`{name}` ({place}) cannot be ejected: {why}")]
    Obstacle { name: String, place: String, why: &'static str },
    #[error("`{name}` ({place}) cannot be ejected: the result is not Rust: {source}")]
    NotRust { name: String, place: String, source: syn::Error },
    #[error("{file} {why}, so there is no way back: commit it, or use `--force`")]
    NoCopy { file: String, why: &'static str },
}

/// Error returned when a project cannot be created.
#[derive(Debug, thiserror::Error)]
pub(crate) enum ProjectError {
    #[error(
        "{name:?} is not a name for a project: {problem}; a name consists of letters, digits, `-` and `_`, such as `{example}`"
    )]
    Name { name: String, problem: String, example: String },
    #[error(
        "{folder} exists already and is left unchanged: choose another name, or another folder with `--into`"
    )]
    Exists { folder: String },
    #[error("the template {path}: {source:#}")]
    Template { path: String, source: minijinja::Error },
}

impl Error {
    /// Text for a terminal.
    pub(crate) fn report(&self) -> String {
        let problems = match self {
            Self::Sources(problems)
            | Self::Names(NamesError::Library(problems))
            | Self::Compiled(CompiledError::Sources(problems)) => Some(problems),
            _ => None,
        };
        let bold = anstyle::AnsiColor::Red.on_default().effects(anstyle::Effects::BOLD);
        problems.map_or_else(|| format!("{bold}error{bold:#}: {self}"), Problems::rendered)
    }
}

fn meant(nearest: Option<&str>) -> Option<String> {
    nearest.map(|nearest| format!(": did you mean `{nearest}`?"))
}

fn names(names: &[String]) -> String {
    quoted(names.iter().map(String::as_str))
}

fn without_rules(package: Option<&str>) -> String {
    match package {
        Some(package) => format!("`{package}` has no rules"),
        None => "no package of the workspace has rules".to_owned(),
    }
}

fn inside(items: &[String]) -> String {
    if items.is_empty() {
        "uses no macro of `inject`".to_owned()
    } else {
        format!("items are ejected one by one; it contains{}", list(items))
    }
}

#[cfg(test)]
mod tests {
    use std::error::Error as _;

    use super::*;

    #[test]
    fn causes_are_kept() {
        let error = Error::from(FileError::at("a.txt")(std::io::ErrorKind::NotFound.into()));
        assert!(error.source().is_some_and(<dyn std::error::Error>::is::<std::io::Error>));
        assert!(error.to_string().starts_with("a.txt: "), "{error}");
        let source = syn::parse_str::<syn::Ident>("1").unwrap_err();
        let error = EjectError::NotRust { name: "A".to_owned(), place: "a.rs:1:1".to_owned(), source };
        assert!(Error::from(error).source().is_some_and(<dyn std::error::Error>::is::<syn::Error>));
    }
}
