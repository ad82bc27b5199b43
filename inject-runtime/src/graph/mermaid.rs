//! Rendering as a Mermaid flowchart.

use std::{borrow::Cow, collections::HashSet, fmt::Write as _};

use super::{EdgeKind, Recipe, Vertex, View};

pub(super) fn render(view: &View) -> String {
    let mut out = String::from("flowchart TD\n");
    for layer in view.layers() {
        if !view.vertices().iter().any(|vertex| vertex.layer == layer && vertex.module.is_none()) {
            continue;
        }
        let _ = writeln!(out, "  subgraph layer_{0}[\"{0}\"]", layer.unwrap_or("External"));
        let own = |vertex: &&Vertex| vertex.layer == layer && vertex.module.is_none();
        for vertex in view.vertices().iter().filter(own) {
            let _ = writeln!(out, "    {}", node(view, vertex));
        }
        out.push_str("  end\n");
    }
    for (number, module) in view.modules().into_iter().enumerate() {
        let _ = writeln!(out, "  subgraph module_{number}[\"module {}\"]", escape(module));
        for vertex in view.vertices().iter().filter(|vertex| vertex.module.as_deref() == Some(module)) {
            let _ = writeln!(out, "    {}", node(view, vertex));
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
        let line = format!("  {} {arrow} {}\n", key(view, &edge.from), key(view, &edge.to));
        // Two parameters of one type are drawn as one edge.
        if drawn.insert(line.clone()) {
            out.push_str(&line);
        }
    }
    out
}

/// Formats a vertex: rounded for a field of the container, square for a component built in place.
fn node(view: &View, vertex: &Vertex) -> String {
    let mut label = escape(vertex.ty);
    if let Some(qualifier) = vertex.qualifier {
        let _ = write!(label, "<br/>qualifier {}", escape(qualifier));
    }
    if let Some(route) = &vertex.route {
        let _ = write!(label, "<br/>{}", escape(route));
    }
    match vertex.recipe {
        Some(Recipe::Input) => label.push_str("<br/>input"),
        Some(Recipe::Factory(function)) => {
            let _ = write!(label, "<br/>factory {}", escape(function));
        }
        Some(Recipe::PerRequest) => label.push_str("<br/>per request"),
        Some(Recipe::Required) => label.push_str("<br/>required"),
        _ => {}
    }
    if !vertex.location.file.is_empty() {
        let _ = write!(label, "<br/>{}", escape(&vertex.location.to_string()));
    }
    let (open, close) = if vertex.recipe.is_some() { ("(", ")") } else { ("[", "]") };
    format!("{}{open}\"{label}\"{close}", key(view, &vertex.id))
}

/// Returns the id, if it is a valid Mermaid id: no keyword and no generic type. Otherwise returns a
/// numbered id.
fn key<'a>(view: &View, id: &'a str) -> Cow<'a, str> {
    const WORDS: [&str; 10] =
        ["call", "class", "classDef", "click", "default", "end", "flowchart", "graph", "style", "subgraph"];
    if id.chars().all(|character| character.is_alphanumeric() || character == '_') && !WORDS.contains(&id) {
        return Cow::Borrowed(id);
    }
    let number = view.vertices().iter().position(|vertex| vertex.id == id);
    Cow::Owned(format!("vertex_{}", number.unwrap_or_default()))
}

fn escape(text: &str) -> String {
    text.replace('&', "&amp;").replace('<', "&lt;").replace('>', "&gt;").replace('"', "&quot;")
}
