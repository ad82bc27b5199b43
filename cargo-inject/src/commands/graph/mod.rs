//! `cargo inject graph`

mod picture;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    compiled::{Compiled, CompiledError, Graph, Routes, Table, Vertex, Wanted},
    error::{Error, Outcome},
    nearest::nearest,
    package::Selection,
    session::Session,
};

/// Draws the dependency graph of the compiled crate
///
/// The graph is the one that the compiler has checked: the fields of the container, the components, and the routes if a function returns
/// them. The application is not started.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo inject graph --output graph.html\n  cargo inject graph --format mermaid --focus UserService --depth 1\n\nExit status: 0 success, 2 error"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// Format of the picture; by default, that of the extension of the output
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// Container, if there are several
    #[arg(long, value_name = "PATH")]
    container: Option<String>,
    /// Function that returns the routes, if there are several
    #[arg(long, value_name = "PATH", conflicts_with = "no_routes")]
    routes: Option<String>,
    /// Omits the routes, and the components that only routes need
    #[arg(long)]
    no_routes: bool,
    /// Shows this component, its dependencies, and its dependents
    #[arg(long, value_name = "COMPONENT")]
    focus: Option<String>,
    /// Maximal distance from the component
    #[arg(long, value_name = "N", requires = "focus")]
    depth: Option<usize>,
    /// File to write, instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// Flowchart for <https://mermaid.js.org>, which GitHub shows in Markdown
    Mermaid,
    /// For <https://graphviz.org>
    Dot,
    /// Data
    Json,
    /// Page to explore
    Html,
    /// Picture
    Svg,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let wanted = Wanted { container: arguments.container.clone(), routes: arguments.routes.clone() };
    let routes = if arguments.no_routes { Routes::Omitted } else { Routes::Optional };
    let compiled = Compiled::of(session, &arguments.selection, &wanted, routes)?;
    if let Some(reason) = &compiled.no_routes {
        session.note(&format!("the picture has no routes: {reason}"));
    }
    let whole = compiled.graph_data(&[], 0)?;
    note_unknown(&whole, session);
    let ids = arguments.focus.as_ref().map_or_else(|| Ok(Vec::new()), |name| focused(&whole, name))?;
    let depth = arguments.depth.unwrap_or(usize::MAX);
    let text = match arguments.format() {
        Format::Mermaid => compiled.graph("mermaid", &ids, depth)?,
        Format::Dot => compiled.graph("dot", &ids, depth)?,
        Format::Json => compiled.graph("json", &ids, depth)?,
        Format::Svg => picture::svg(&compiled.graph_data(&ids, depth)?, table(&compiled)?.as_ref()),
        Format::Html => picture::html(&compiled.graph_data(&ids, depth)?, table(&compiled)?.as_ref())?,
    };
    session.deliver(&text, arguments.output.as_deref())?;
    Ok(Outcome::Success)
}

/// Writes a note about components that are in the graph without their dependencies.
fn note_unknown(graph: &Graph, session: &Session) {
    let unknown = graph.vertices.iter().filter(|vertex| vertex.dependencies.is_some());
    let names: Vec<_> = unknown.map(|vertex| format!("`{}`", vertex.ty)).collect();
    if !names.is_empty() {
        session.note(&format!(
            "the dependencies of {} are not shown: only providers and request-scoped components use it, and it cannot be named from outside of its crate; make it `pub`",
            names.join(", "),
        ));
    }
}

/// Routes, if they are known.
fn table(compiled: &Compiled) -> Result<Option<Table>, CompiledError> {
    if compiled.has_routes { compiled.table().map(Some) } else { Ok(None) }
}

impl Arguments {
    /// Format that is selected, or that of the name of the output.
    fn format(&self) -> Format {
        let extension = self.output.as_deref().and_then(|output| output.extension()?.to_str());
        self.format.unwrap_or(match extension {
            Some("dot" | "gv") => Format::Dot,
            Some("json") => Format::Json,
            Some("html" | "htm") => Format::Html,
            Some("svg") => Format::Svg,
            _ => Format::Mermaid,
        })
    }
}

/// Ids of the vertices that `name` means: a vertex by its id or its type, or all vertices of the component of that name.
fn focused(graph: &Graph, name: &str) -> Result<Vec<String>, Error> {
    let is_meant: [&dyn Fn(&Vertex) -> bool; 2] =
        [&|vertex| vertex.id == name, &|vertex| vertex.ty == name || vertex.component() == name];
    let ids: Vec<_> = graph
        .vertices
        .iter()
        .filter(|vertex| is_meant.iter().any(|is| is(vertex)))
        .map(|vertex| vertex.id.clone())
        .collect();
    if !ids.is_empty() {
        return Ok(ids);
    }
    let names = graph.vertices.iter().flat_map(|vertex| [vertex.id.as_str(), vertex.component()]);
    Err(Error::UnknownVertex {
        name: name.to_owned(),
        container: graph.container.clone(),
        nearest: nearest(name, names).map(str::to_owned),
    })
}

impl Vertex {
    /// Component in the type: `Mailer` of `Option<Arc<dyn Mailer>>`.
    fn component(&self) -> &str {
        const AROUND: [&str; 4] = ["Arc<", "Option<", "Vec<", "dyn "];
        let mut ty = self.ty.as_str();
        while let Some(inner) = AROUND.iter().find_map(|wrapper| ty.strip_prefix(wrapper)) {
            ty = inner.strip_suffix('>').unwrap_or(inner);
        }
        // `dyn Mailer + Send`
        ty.split(" + ").next().unwrap_or(ty)
    }
}
