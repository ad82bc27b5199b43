//! Rendering as JSON. The format is small and fixed, so the crate does not depend on a serializer for it.

use std::fmt::Write as _;

use super::{Edge, EdgeKind, Recipe, Vertex, View};

pub(super) fn render(view: &View) -> String {
    let order = view.start_order().iter().map(|field| string(field));
    format!(
        "{{\n  \"container\": {},\n  \"declared_at\": {},\n  \"start_order\": [{}],\n  \"vertices\": [{}\n  ],\n  \"edges\": [{}\n  ]\n}}\n",
        string(view.container()),
        string(&view.location().to_string()),
        order.collect::<Vec<_>>().join(", "),
        lines(view.vertices().iter().map(vertex)),
        lines(view.edges().iter().map(edge)),
    )
}

fn vertex(vertex: &Vertex) -> String {
    let (recipe, function) = match vertex.recipe {
        None => (None, None),
        Some(Recipe::Input) => (Some("input"), None),
        Some(Recipe::Factory(function)) => (Some("factory"), Some(function)),
        Some(Recipe::Binding) => (Some("binding"), None),
        Some(Recipe::Component) => (Some("component"), None),
        Some(Recipe::Module) => (Some("module"), None),
        Some(Recipe::Required) => (Some("required"), None),
        Some(Recipe::Taken) => (Some("taken"), None),
        Some(Recipe::Optional) => (Some("optional"), None),
        Some(Recipe::PerRequest) => (Some("per request"), None),
        Some(Recipe::Absent) => (Some("absent"), None),
    };
    object(&[
        ("id", Some(&vertex.id)),
        ("type", Some(vertex.ty)),
        ("layer", vertex.layer),
        ("scope", Some(vertex.scope.name())),
        ("recipe", recipe),
        ("factory", function),
        ("qualifier", vertex.qualifier),
        ("route", vertex.route.as_deref()),
        ("module", vertex.module.as_deref()),
        ("dependencies", (!vertex.is_resolved).then_some("unknown")),
        ("declared_at", (!vertex.location.file.is_empty()).then_some(&*vertex.location.to_string())),
    ])
}

fn edge(edge: &Edge) -> String {
    let (kind, reason) = match edge.kind {
        EdgeKind::Inward => ("inward", None),
        EdgeKind::Excepted { reason } => ("excepted", Some(reason)),
        EdgeKind::External => ("external", None),
        EdgeKind::Built => ("built", None),
        EdgeKind::Parameter => ("parameter", None),
    };
    object(&[
        ("from", Some(&edge.from)),
        ("to", Some(&edge.to)),
        ("name", edge.name),
        ("kind", Some(kind)),
        ("reason", reason),
    ])
}

/// Formats an object on one line. Members without a value are left out.
fn object(members: &[(&str, Option<&str>)]) -> String {
    let members: Vec<_> = members
        .iter()
        .filter_map(|(name, value)| value.map(|value| format!("{}: {}", string(name), string(value))))
        .collect();
    format!("{{ {} }}", members.join(", "))
}

fn lines(items: impl Iterator<Item = String>) -> String {
    items.map(|item| format!("\n    {item}")).collect::<Vec<_>>().join(",")
}

fn string(text: &str) -> String {
    let mut out = String::from("\"");
    for c in text.chars() {
        match c {
            '"' => out.push_str("\\\""),
            '\\' => out.push_str("\\\\"),
            c if c < ' ' => {
                let _ = write!(out, "\\u{:04x}", u32::from(c));
            }
            c => out.push(c),
        }
    }
    out.push('"');
    out
}
