//! Asking the compiled crate: its container for the graph, its routes for their table.
//!
//! Both are data of the user's library, so a small program that depends on it prints them. The program is written into the target
//! folder; dependencies that are built already are used.
//!
//! ```text
//! sources --written--> Library --choice--> Choice --program, manifest--> files --build--> program --answer--> JSON
//! ```

mod answer;
mod build;
mod choice;
mod compile;
mod library;
mod manifest;
mod policy;
mod program;
mod written;

use std::{fs::File, path::PathBuf, process::Command};

pub(crate) use self::{
    answer::{Check, Edge, EdgeKind, Graph, Policy, Route, Table, Vertex},
    choice::Wanted,
    policy::last_name,
};
use self::{choice::Choice, library::Library};
use crate::{cli::Selection, error::Error, package::Selected, source::Target};

/// A crate that has been compiled, and can be asked.
pub(crate) struct Compiled {
    program: PathBuf,
    /// Held while the program may be asked: another `cargo inject` would put another in its place.
    _lock: File,
    /// Files are shown as they are seen from here.
    root: String,
    pub(crate) has_routes: bool,
    /// Why the routes are not known, where there are some.
    pub(crate) no_routes: Option<Error>,
}

/// Whether routes are asked for.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Routes {
    /// They are what it is about.
    Needed,
    /// They are part of the picture, where there are any.
    Welcome,
    /// They are not.
    Unwanted,
}

impl Compiled {
    /// Compiles the library of the selected package.
    ///
    /// # Errors
    ///
    /// There is no library; it has no container, or no routes where they are needed, or several and it was not said which; it does not
    /// compile.
    pub(crate) fn of(selection: &Selection, wanted: &Wanted, routes: Routes) -> Result<Self, Error> {
        let selected = selection.select()?;
        let package = &*selected.package.name;
        let library = library_of(&selected, selection)?;
        let container = choice::container(&library, wanted.container.as_deref(), package)?;
        let found = match routes {
            Routes::Unwanted => Ok(None),
            _ => choice::routes(&library, wanted.routes.as_deref(), &container, package),
        };
        let (found, no_routes) = match found {
            Ok(None) if routes == Routes::Needed => return Err(without_routes(package, &container)),
            Ok(found) => (found, None),
            Err(error) if routes == Routes::Needed || wanted.routes.is_some() => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let has_routes = found.is_some();
        let choice = Choice { container, routes: found, components: choice::components(&library) };
        let (program, lock) = compile::compile(&selected, selection, &library.name, &choice)?;
        Ok(Self {
            program,
            _lock: lock,
            has_routes,
            root: selected.metadata.workspace_root.to_string(),
            no_routes,
        })
    }

    /// The graph, in one of the formats of the runtime; around the vertices `ids`, where there are any.
    ///
    /// # Errors
    ///
    /// The program fails, which it does if the function with the routes panics.
    pub(crate) fn graph(&self, format: &str, ids: &[String], depth: usize) -> Result<String, Error> {
        let depth = depth.to_string();
        let mut arguments = vec!["graph", format, &self.root, &depth];
        arguments.extend(ids.iter().map(String::as_str));
        self.ask(&arguments)
    }

    /// The graph as data.
    ///
    /// # Errors
    ///
    /// As [`graph`](Self::graph).
    pub(crate) fn graph_data(&self, ids: &[String], depth: usize) -> Result<Graph, Error> {
        answer::parsed(&self.graph("json", ids, depth)?)
    }

    /// The table of the routes.
    ///
    /// # Errors
    ///
    /// As [`graph`](Self::graph).
    pub(crate) fn table(&self) -> Result<Table, Error> {
        let table: Table = answer::parsed(&self.ask(&["routes"])?)?;
        Ok(table.seen_from(&self.root))
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, Error> {
        let output =
            Command::new(&self.program).args(arguments).output().map_err(Error::at(&self.program))?;
        if !output.status.success() {
            let said = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(Error::Message(format!(
                "the function that returns the routes does not return\n{said}"
            )));
        }
        String::from_utf8(output.stdout).map_err(|error| Error::Message(error.to_string()))
    }
}

fn without_routes(package: &str, container: &[String]) -> Error {
    Error::Message(format!(
        "`{package}` has no function for its routes: `pub fn routes() -> Routes<{}>`",
        container.last().map_or("App", String::as_str),
    ))
}

/// The library, as it is written.
fn library_of(selected: &Selected, selection: &Selection) -> Result<Library, Error> {
    let package = &selected.package.name;
    let targets = Target::all(selected, selection)?;
    let library = match targets.iter().find(|target| target.is_library) {
        Some(target) => Some(Library::read(target)?),
        None => None,
    };
    // A container that nobody can ask is worth a word of its own.
    if library.as_ref().is_none_or(|library| library.containers().next().is_none()) {
        for target in targets.iter().filter(|target| !target.is_library) {
            let binary = Library::read(target)?;
            if let Some(container) = binary.containers().next() {
                return Err(Error::Message(format!(
                    "the container `{}` ({}) lives in a binary, which cannot be asked: move it into the library, `src/lib.rs`, and keep `main.rs` thin; `main` calls the library",
                    container.name, container.place,
                )));
            }
        }
    }
    library
        .ok_or_else(|| Error::Message(format!("`{package}` has no library, and only a library can be asked")))
}
