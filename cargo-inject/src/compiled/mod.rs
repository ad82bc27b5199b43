//! Questions to the compiled crate: its container for the graph, its routes for their table.
//!
//! Both are data of the user's library, so a small program that depends on the library prints them. The program is written into the target
//! folder, and uses the dependencies that are built there already.
//!
//! ```text
//! sources --facts--> Library --choice--> Choice --program, manifest--> files --build--> program --answer--> JSON
//! ```

mod answer;
mod build;
mod choice;
mod error;
mod facts;
mod library;
mod manifest;
mod program;

use std::{fs::File, path::PathBuf, process::Command};

pub(crate) use self::{
    answer::{Check, Edge, EdgeKind, Graph, PlainRouter, Policy, Route, Table, Vertex, last_name},
    choice::Wanted,
    error::CompiledError,
};
use self::{
    choice::{Choice, Container},
    library::Library,
};
use crate::{
    file_error::FileError,
    package::{Selected, Selection},
    session::Session,
};

/// Compiled crate, with the program that asks it.
pub(crate) struct Compiled {
    program: PathBuf,
    /// Held while the program may run: another `cargo inject` would replace it.
    _lock: File,
    /// Folder relative to which files are shown.
    root: String,
    pub(crate) has_routes: bool,
    /// Reason why the routes are not known, where there are some.
    pub(crate) no_routes: Option<CompiledError>,
}

/// Whether a question is about routes.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Routes {
    /// They are required.
    Required,
    /// They are included if there are any.
    Optional,
    Omitted,
}

impl Compiled {
    /// Compiles the library of the selected package.
    ///
    /// # Errors
    ///
    /// There is no library; it has no container, or no routes where they are required, or several and none is chosen; it does not compile.
    pub(crate) fn of(
        session: &Session,
        selection: &Selection,
        wanted: &Wanted,
        routes: Routes,
    ) -> Result<Self, CompiledError> {
        let selected = selection.select(session.folder())?;
        let package = &*selected.package.name;
        let library = library_of(&selected)?;
        let container = choice::container(&library, wanted.container.as_deref(), package)?;
        let found = match routes {
            Routes::Omitted => Ok(None),
            _ => choice::routes(&library, wanted.routes.as_deref(), &container, package),
        };
        let (found, no_routes) = match found {
            Ok(None) if routes == Routes::Required => return Err(without_routes(package, &container)),
            Ok(found) => (found, None),
            Err(error) if routes == Routes::Required || wanted.routes.is_some() => return Err(error),
            Err(error) => (None, Some(error)),
        };
        let has_routes = found.is_some();
        let components = choice::components(&library);
        let choice = Choice { container: container.path, routes: found, components };
        let (program, lock) = build::program(session, &selected, &library.name, &choice)?;
        let root = selected.metadata.workspace_root.to_string();
        Ok(Self { program, _lock: lock, has_routes, root, no_routes })
    }

    /// Graph in one of the formats of the runtime, limited to the surroundings of the vertices `ids` if there are any.
    ///
    /// # Errors
    ///
    /// The program fails, for example because the function with the routes panics.
    pub(crate) fn graph(&self, format: &str, ids: &[String], depth: usize) -> Result<String, CompiledError> {
        let depth = depth.to_string();
        let mut arguments = vec!["graph", format, &self.root, &depth];
        arguments.extend(ids.iter().map(String::as_str));
        self.ask(&arguments)
    }

    /// Graph as data.
    ///
    /// # Errors
    ///
    /// As [`graph`](Self::graph).
    pub(crate) fn graph_data(&self, ids: &[String], depth: usize) -> Result<Graph, CompiledError> {
        answer::parsed(&self.graph("json", ids, depth)?)
    }

    /// Table of the routes.
    ///
    /// # Errors
    ///
    /// As [`graph`](Self::graph).
    pub(crate) fn table(&self) -> Result<Table, CompiledError> {
        let table: Table = answer::parsed(&self.ask(&["routes"])?)?;
        Ok(table.seen_from(&self.root))
    }

    fn ask(&self, arguments: &[&str]) -> Result<String, CompiledError> {
        let output =
            Command::new(&self.program).args(arguments).output().map_err(FileError::at(&self.program))?;
        if !output.status.success() {
            let stderr = String::from_utf8_lossy(&output.stderr).into_owned();
            return Err(CompiledError::RoutesFailed { stderr });
        }
        Ok(String::from_utf8(output.stdout)?)
    }
}

fn without_routes(package: &str, container: &Container) -> CompiledError {
    let container = container.path.last().map_or("App", String::as_str).to_owned();
    CompiledError::NoRoutes { package: package.to_owned(), container }
}

/// Reads the library of a package.
fn library_of(selected: &Selected) -> Result<Library, CompiledError> {
    let targets = selected.targets()?;
    let library = match targets.iter().find(|target| target.is_library) {
        Some(target) => Some(Library::read(target, selected.dependencies())?),
        None => None,
    };
    // A container in a binary gets a message of its own.
    if library.as_ref().is_none_or(|library| library.containers().next().is_none()) {
        for target in targets.iter().filter(|target| !target.is_library) {
            let binary = Library::read(target, selected.dependencies())?;
            if let Some(container) = binary.containers().next() {
                let (container, place) = (container.name.clone(), container.place.clone());
                return Err(CompiledError::InBinary { container, place });
            }
        }
    }
    library.ok_or_else(|| CompiledError::NoLibrary { package: selected.package.name.to_string() })
}
