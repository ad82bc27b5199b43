//! A page that stands alone: the picture, the data, and what makes it possible to look around. Nothing is loaded from anywhere.

use std::fmt::Write as _;

use serde::Serialize;

use super::{
    Policies,
    layer::COLOURS,
    layout::Layout,
    svg::{SHAPES, content, escape},
};
use crate::{
    compiled::{Edge, EdgeKind, Graph, Vertex},
    error::Error,
};

const TEMPLATE: &str = include_str!("page/page.html");
const STYLE: &str = include_str!("page/page.css");
const SCRIPTS: [&str; 4] = [
    include_str!("page/graph.js"),
    include_str!("page/view.js"),
    include_str!("page/panel.js"),
    include_str!("page/page.js"),
];

/// The page.
///
/// # Errors
///
/// None that could happen: the data can always be written.
pub(super) fn document(graph: &Graph, layout: &Layout, policies: &Policies) -> Result<String, Error> {
    let data = serde_json::to_string(&Data::of(graph, layout, policies));
    let data = data.map_err(|error| Error::Message(error.to_string()))?;
    // `</script>` in a reason would end the data.
    let data = data.replace('<', "\\u003c");
    let parts = [
        ("{{title}}", escape(&graph.container)),
        ("{{declared_at}}", escape(&graph.declared_at)),
        ("{{facts}}", escape(facts(graph))),
        ("{{density}}", (if layout.is_dense { "dense" } else { "roomy" }).to_owned()),
        ("{{style}}", format!("{}{SHAPES}{STYLE}", colours())),
        ("{{size}}", format!("data-width=\"{}\" data-height=\"{}\"", layout.width, layout.height)),
        ("{{script}}", SCRIPTS.concat()),
        ("{{data}}", data),
        ("{{picture}}", content(graph, layout)),
    ];
    // In one go: what is put in is not looked at again.
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

/// The colours of the layers, for both grounds.
fn colours() -> String {
    let mut rules = String::new();
    for (class, light, dark) in COLOURS {
        let _ = writeln!(rules, ".{class} {{ --layer: light-dark({light}, {dark}); }}");
    }
    rules
}

/// What the scripts know.
#[derive(Serialize)]
struct Data<'a> {
    vertices: Vec<Known<'a>>,
    edges: Vec<Link<'a>>,
}

#[derive(Serialize)]
struct Known<'a> {
    #[serde(flatten)]
    vertex: &'a Vertex,
    title: &'a str,
    origin: &'a str,
    life: &'static str,
    class: &'static str,
    policy: Option<&'a String>,
}

/// An edge, by the numbers of its ends.
#[derive(Serialize)]
struct Link<'a> {
    from: usize,
    to: usize,
    name: Option<&'a str>,
    kind: EdgeKind,
    reason: Option<&'a str>,
}

impl<'a> Data<'a> {
    fn of(graph: &'a Graph, layout: &'a Layout, policies: &'a Policies) -> Self {
        let vertices = graph.vertices.iter().zip(&layout.cards).map(|(vertex, placed)| Known {
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
            Some(Link { from, to, name: name.as_deref(), kind: *kind, reason: reason.as_deref() })
        });
        Self { vertices: vertices.collect(), edges: edges.collect() }
    }
}
