//! Page with the picture, its data, and the scripts to explore it. It loads nothing from elsewhere.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    card::Policies,
    layer::COLORS,
    layout::Layout,
    svg::{SHAPES, content, escape},
};
use crate::compiled::{Edge, EdgeKind, Graph, Vertex};

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("page/graph.js"),
    include_str!("page/view.js"),
    include_str!("page/panel.js"),
    include_str!("page/page.js"),
];

/// Page as a document of its own.
///
/// # Errors
///
/// The data cannot be written as JSON.
pub(super) fn document(graph: &Graph, layout: &Layout, policies: &Policies) -> serde_json::Result<String> {
    let data = serde_json::to_string(&Data::of(graph, layout, policies))?;
    // `</script>` in a reason would end the data.
    let data = data.replace('<', "\\u003c");
    let parts = [
        ("{{title}}", escape(&graph.container)),
        ("{{declared_at}}", escape(&graph.declared_at)),
        ("{{facts}}", escape(facts(graph))),
        ("{{density}}", (if layout.is_dense { "dense" } else { "roomy" }).to_owned()),
        ("{{style}}", format!("{}{SHAPES}{STYLE}", colors())),
        ("{{size}}", format!("data-width=\"{}\" data-height=\"{}\"", layout.width, layout.height)),
        ("{{script}}", SCRIPTS.concat()),
        ("{{data}}", data),
        ("{{picture}}", content(graph, layout)),
    ];
    // In one pass, so that inserted text is not searched again.
    let mut page = String::new();
    let mut rest = TEMPLATE;
    while let Some(start) = rest.find("{{") {
        let (before, after) = rest.split_at(start);
        page.push_str(before);
        let part = parts.iter().find(|(name, _)| after.starts_with(name));
        let (name, text) = part.map_or(("{{", "{{"), |(name, text)| (*name, text.as_str()));
        page.push_str(text);
        rest = &after[name.len()..];
    }
    page.push_str(rest);
    Ok(page)
}

fn facts(graph: &Graph) -> String {
    let counted = |count: usize, one: &str, many: &str| match count {
        1 => format!("1 {one}"),
        count => format!("{count} {many}"),
    };
    let exceptions = graph.edges.iter().filter(|edge| edge.kind == EdgeKind::Excepted).count();
    let mut facts = counted(graph.vertices.len(), "component", "components");
    let _ = write!(facts, ", {}", counted(graph.edges.len(), "dependency", "dependencies"));
    if exceptions > 0 {
        let _ = write!(facts, ", {}", counted(exceptions, "exception", "exceptions"));
    }
    facts
}

/// Colors of the layers, for both backgrounds.
fn colors() -> String {
    let mut rules = String::new();
    for (class, light, dark) in COLORS {
        let _ = writeln!(rules, ".{class} {{ --layer: light-dark({light}, {dark}); }}");
    }
    rules
}

/// Data for the scripts.
#[derive(Serialize)]
struct Data<'a> {
    vertices: Vec<VertexData<'a>>,
    edges: Vec<EdgeData<'a>>,
}

#[derive(Serialize)]
struct VertexData<'a> {
    #[serde(flatten)]
    vertex: &'a Vertex,
    title: &'a str,
    origin: &'a str,
    life: &'static str,
    class: &'static str,
    policy: Option<&'a String>,
}

/// Edge, with the numbers of its ends.
#[derive(Serialize)]
struct EdgeData<'a> {
    from: usize,
    to: usize,
    name: Option<&'a str>,
    kind: EdgeKind,
    reason: Option<&'a str>,
}

impl<'a> Data<'a> {
    fn of(graph: &'a Graph, layout: &'a Layout, policies: &'a Policies) -> Self {
        let vertices = graph.vertices.iter().zip(&layout.cards).map(|(vertex, placed)| VertexData {
            vertex,
            title: &placed.card.title,
            origin: &placed.card.origin,
            life: placed.card.life.meaning(),
            class: placed.layer.class,
            policy: vertex.route.as_ref().and_then(|route| policies.get(route)),
        });
        let number = |id: &String| graph.vertices.iter().position(|vertex| vertex.id == *id);
        let edges = graph.edges.iter().filter_map(|edge| {
            let Edge { from, to, name, kind, reason } = edge;
            let (from, to) = (number(from)?, number(to)?);
            Some(EdgeData { from, to, name: name.as_deref(), kind: *kind, reason: reason.as_deref() })
        });
        Self { vertices: vertices.collect(), edges: edges.collect() }
    }
}
