//! Graphviz digraphs.

use std::{collections::HashSet, fmt::Write as _};

use super::{EdgeKind, Vertex, View};

pub(super) fn render(view: &View) -> String {
    let mut out = format!("digraph {} {{\n  node [shape=box];\n", quote(view.container()));
    for (number, layer) in view.layers().into_iter().enumerate() {
        if !view.vertices().iter().any(|vertex| vertex.layer == layer && vertex.module.is_none()) {
            continue;
        }
        let _ = writeln!(
            out,
            "  subgraph cluster_{number} {{\n    label={};",
            quote(layer.unwrap_or("External"))
        );
        let own = |vertex: &&Vertex| vertex.layer == layer && vertex.module.is_none();
        view.vertices().iter().filter(own).for_each(|vertex| node(vertex, &mut out));
        out.push_str("  }\n");
    }
    for (number, module) in view.modules().into_iter().enumerate() {
        let label = quote(&format!("module {module}"));
        let _ = writeln!(out, "  subgraph cluster_module_{number} {{\n    label={label};");
        let own = |vertex: &&Vertex| vertex.module.as_deref() == Some(module);
        view.vertices().iter().filter(own).for_each(|vertex| node(vertex, &mut out));
        out.push_str("  }\n");
    }
    let mut drawn = HashSet::new();
    for edge in view.edges() {
        let attributes = match edge.kind {
            EdgeKind::Inward | EdgeKind::Parameter => String::new(),
            EdgeKind::Built => " [style=dashed, label=\"bound\"]".to_owned(),
            EdgeKind::External => " [label=\"external\"]".to_owned(),
            EdgeKind::Excepted { reason } => {
                format!(" [color=red, label={}]", quote(&format!("exception: {reason}")))
            }
        };
        let line = format!("  {} -> {}{attributes};\n", quote(&edge.from), quote(&edge.to));
        // Two parameters of one type are drawn as one edge.
        if drawn.insert(line.clone()) {
            out.push_str(&line);
        }
    }
    out.push_str("}\n");
    out
}

fn node(vertex: &Vertex, out: &mut String) {
    let mut label = vertex.ty.to_owned();
    if let Some(qualifier) = vertex.qualifier {
        let _ = write!(label, "\nqualifier {qualifier}");
    }
    if let Some(route) = &vertex.route {
        let _ = write!(label, "\n{route}");
    }
    if !vertex.location.file.is_empty() {
        let _ = write!(label, "\n{}", vertex.location);
    }
    let style = if vertex.recipe.is_some() { "rounded" } else { "solid" };
    let _ = writeln!(out, "    {} [label={}, style={style}];", quote(&vertex.id), quote(&label));
}

fn quote(text: &str) -> String {
    format!("\"{}\"", text.replace('\\', "\\\\").replace('"', "\\\"").replace('\n', "\\n"))
}
