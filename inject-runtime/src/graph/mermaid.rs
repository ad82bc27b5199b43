//! Mermaid flowcharts.

use std::{collections::HashSet, fmt::Write as _};

use super::{EdgeKind, Recipe, Vertex, View};

pub(super) fn render(view: &View) -> String {
    let mut out = String::from("flowchart TD\n");
    for layer in view.layers() {
        let _ = writeln!(out, "  subgraph layer_{0}[\"{0}\"]", layer.unwrap_or("External"));
        for vertex in view.vertices().iter().filter(|vertex| vertex.layer == layer) {
            let _ = writeln!(out, "    {}", node(vertex));
        }
        out.push_str("  end\n");
    }
    let mut drawn = HashSet::new();
    for edge in view.edges() {
        let arrow = match edge.kind {
            EdgeKind::Inward | EdgeKind::Parameter => "-->".to_owned(),
            EdgeKind::Built => "-.->|bound|".to_owned(),
            EdgeKind::External => "-->|external|".to_owned(),
            EdgeKind::Excepted { reason } => format!("==>|\"exception: {}\"|", escape(reason)),
        };
        let line = format!("  {} {arrow} {}\n", edge.from, edge.to);
        // Two parameters of one type are one line.
        if drawn.insert(line.clone()) {
            out.push_str(&line);
        }
    }
    out
}

/// Rounded for what the container shares, square for what is built on the spot.
fn node(vertex: &Vertex) -> String {
    let mut label = escape(vertex.ty);
    if let Some(qualifier) = vertex.qualifier {
        let _ = write!(label, "<br/>qualifier {}", escape(qualifier));
    }
    if let Some(route) = &vertex.route {
        let _ = write!(label, "<br/>{}", escape(route));
    }
    match vertex.recipe {
        Some(Recipe::Provided) => label.push_str("<br/>provided"),
        Some(Recipe::Factory(function)) => {
            let _ = write!(label, "<br/>factory {}", escape(function));
        }
        _ => {}
    }
    if !vertex.location.file.is_empty() {
        let _ = write!(label, "<br/>{}", escape(&vertex.location.to_string()));
    }
    let (open, close) = if vertex.recipe.is_some() { ("(", ")") } else { ("[", "]") };
    format!("{}{open}\"{label}\"{close}", vertex.id)
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
