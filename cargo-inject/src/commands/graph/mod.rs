//! `cargo inject graph`

mod focus;
mod picture;

use std::path::PathBuf;

use clap::{Args, ValueEnum};

use crate::{
    cli::Selection,
    compiled::{Compiled, Graph, Routes, Table, Wanted},
    error::{Error, Outcome},
    output,
};

/// Draws the dependency graph of the compiled crate
///
/// It is the graph that the compiler has checked: the fields of the container, the components, and, where there is a function that returns
/// them, the routes. Nothing that the application does when it starts is done.
#[derive(Debug, Args)]
#[command(
    after_help = "Examples:\n  cargo inject graph --output graph.html\n  cargo inject graph --format mermaid --focus UserService --depth 1"
)]
pub(crate) struct Arguments {
    #[command(flatten)]
    selection: Selection,
    /// What it is drawn as; if it is not said, the name of the output says it
    #[arg(long, value_enum)]
    format: Option<Format>,
    /// The container, where there are several
    #[arg(long, value_name = "PATH")]
    container: Option<String>,
    /// The function that returns the routes, where there are several
    #[arg(long, value_name = "PATH", conflicts_with = "no_routes")]
    routes: Option<String>,
    /// Leaves out routes, and what only they need
    #[arg(long)]
    no_routes: bool,
    /// Shows this component, what it depends on and what depends on it
    #[arg(long, value_name = "COMPONENT")]
    focus: Option<String>,
    /// How far away from it
    #[arg(long, value_name = "N", requires = "focus")]
    depth: Option<usize>,
    /// Where it is written to, instead of the standard output
    #[arg(short, long, value_name = "FILE")]
    output: Option<PathBuf>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, ValueEnum)]
enum Format {
    /// A flowchart for <https://mermaid.js.org>, which GitHub shows in Markdown
    Mermaid,
    /// For <https://graphviz.org>
    Dot,
    /// Data
    Json,
    /// A page of its own, to look around in
    Html,
    /// A picture
    Svg,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments) -> Result<Outcome, Error> {
    let wanted = Wanted { container: arguments.container.clone(), routes: arguments.routes.clone() };
    let routes = if arguments.no_routes { Routes::Unwanted } else { Routes::Welcome };
    let compiled = Compiled::of(&arguments.selection, &wanted, routes)?;
    if let Some(reason) = &compiled.no_routes {
        output::note(&format!("the picture is without routes: {reason}"));
    }
    let whole = compiled.graph_data(&[], 0)?;
    note_unknown(&whole);
    let ids = arguments.focus.as_ref().map_or_else(|| Ok(Vec::new()), |name| focus::ids(&whole, name))?;
    let depth = arguments.depth.unwrap_or(usize::MAX);
    let text = match arguments.format() {
        Format::Mermaid => compiled.graph("mermaid", &ids, depth)?,
        Format::Dot => compiled.graph("dot", &ids, depth)?,
        Format::Json => compiled.graph("json", &ids, depth)?,
        Format::Svg => picture::svg(&compiled.graph_data(&ids, depth)?, table(&compiled)?.as_ref()),
        Format::Html => picture::html(&compiled.graph_data(&ids, depth)?, table(&compiled)?.as_ref())?,
    };
    output::deliver(&text, arguments.output.as_deref())?;
    Ok(Outcome::Fine)
}

/// Says which components stand in the graph without their dependencies.
fn note_unknown(graph: &Graph) {
    let unknown = graph.vertices.iter().filter(|vertex| vertex.dependencies.is_some());
    let names: Vec<_> = unknown.map(|vertex| format!("`{}`", vertex.ty)).collect();
    if !names.is_empty() {
        output::note(&format!(
            "what {} depends on is not shown: only providers and request-scoped components take it, and it cannot be named from outside of its crate; make it `pub`",
            names.join(", "),
        ));
    }
}

/// The routes, where they are known.
fn table(compiled: &Compiled) -> Result<Option<Table>, Error> {
    if compiled.has_routes { compiled.table().map(Some) } else { Ok(None) }
}

impl Arguments {
    /// What is asked for, or what the output is called.
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
