//! Source of the program that asks the compiled crate.

use std::fmt::Write as _;

use super::{choice::Choice, manifest::SUBJECT};

/// Source of the program. It does not start the application: the graph is a constant, and a function of the user returns the routes.
pub(super) fn source(choice: &Choice) -> String {
    let container = written(&choice.container);
    let (known, graph, table) = match &choice.routes {
        Some(routes) => (
            known(&choice.components),
            "routes().graph().with_nodes(KNOWN.iter().copied())".to_owned(),
            TABLE.replace("ROUTES", &written(routes)),
        ),
        None => (String::new(), "Container::graph()".to_owned(), NO_TABLE.to_owned()),
    };
    format!("{HEAD}\ntype Container = {container};\n\n{known}{table}{}", MAIN.replace("GRAPH", &graph))
}

const HEAD: &str = "//! Written by `cargo inject`, which overwrites it.\n";

const TABLE: &str = "\
fn routes() -> inject_runtime::Routes<Container> {
    ROUTES()
}

fn table() -> String {
    routes().table().to_json()
}

";

const NO_TABLE: &str = "\
fn table() -> String {
    String::new()
}

";

/// `graph FORMAT ROOT DEPTH ID..`, or `routes`.
const MAIN: &str = "\
fn graph(mut arguments: impl Iterator<Item = String>) -> Option<String> {
    let (format, root, depth) = (arguments.next()?, arguments.next()?, arguments.next()?.parse().ok()?);
    let ids: Vec<String> = arguments.collect();
    let mut view = GRAPH.view().seen_from(&root);
    if !ids.is_empty() {
        view = view.around(&ids, depth);
    }
    match &*format {
        \"mermaid\" => Some(view.to_mermaid()),
        \"dot\" => Some(view.to_dot()),
        _ => Some(view.to_json()),
    }
}

fn main() {
    let mut arguments = std::env::args().skip(1);
    match arguments.next().as_deref() {
        Some(\"routes\") => print!(\"{}\", table()),
        _ => print!(\"{}\", graph(arguments).unwrap_or_default()),
    }
}
";

/// Nodes of the components: none for those that the container does not provide.
fn known(components: &[Vec<String>]) -> String {
    let mut text = String::from(
        "#[allow(unused_imports)]\nuse inject_runtime::__private::{Node, NodeOf, NotProvided as _};\n\nconst KNOWN: &[Option<Node>] = &[\n",
    );
    for component in components {
        let _ = writeln!(text, "    NodeOf::<{}, Container>::NODE,", written(component));
    }
    text + "];\n\n"
}

/// A path from the root of the package, as source.
fn written(path: &[String]) -> String {
    let segment = |name: &String| match syn::parse_str::<syn::Ident>(name) {
        Ok(_) => name.clone(),
        Err(_) => format!("r#{name}"),
    };
    format!("{SUBJECT}::{}", path.iter().map(segment).collect::<Vec<_>>().join("::"))
}
