//! Bands of the picture, from the outer layers to the inner ones.

use std::collections::HashMap;

use crate::compiled::{EdgeKind, Graph};

/// Layer with its color.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) name: String,
    /// CSS class of its cards.
    pub(super) class: &'static str,
}

const ONION: [&str; 4] = ["Route", "Service", "Repository", "Infrastructure"];

/// CSS class, color on a light background, color on a dark background.
pub(super) const COLORS: [(&str, &str, &str); 7] = [
    ("route", "#0b62c4", "#6cb2ff"),
    ("service", "#1a7f37", "#5fd07a"),
    ("repository", "#8250df", "#c3a2ff"),
    ("infrastructure", "#9a5b00", "#e6ab4f"),
    ("own", "#0f7b83", "#4fcbd3"),
    ("common", "#57606a", "#a5afba"),
    ("external", "#a8326e", "#ff94c7"),
];

/// Layers in use. The edges of a user's layer determine its place: above the outermost layer of the library that it depends on, or else below
/// the innermost one that depends on it.
pub(super) fn all(graph: &Graph) -> Vec<Layer> {
    let mut names: Vec<Option<&str>> = Vec::new();
    for vertex in &graph.vertices {
        if !names.contains(&vertex.layer.as_deref()) {
            names.push(vertex.layer.as_deref());
        }
    }
    let between = between(graph);
    names.sort_by_key(|name| match name {
        Some("Common") => AFTER_ALL + 1,
        None => AFTER_ALL + 2,
        Some(name) => match place(name) {
            Some(place) => place,
            None => {
                let own = || between.iter().filter(|(from, to)| from != to);
                let below = own().filter(|(from, _)| from == name).filter_map(|(_, to)| place(to)).min();
                let above = own().filter(|(_, to)| to == name).filter_map(|(from, _)| place(from)).max();
                below.map(|place| place - 1).or(above.map(|place| place + 1)).unwrap_or(AFTER_ALL)
            }
        },
    });
    names.into_iter().map(Layer::of).collect()
}

/// Place after the last layer of the library.
const AFTER_ALL: usize = 2 * ONION.len() + 2;

/// Place of a layer of the library, with space for others in between.
fn place(name: &str) -> Option<usize> {
    ONION.iter().position(|layer| *layer == name).map(|place| 2 * place + 2)
}

/// Layers at the ends of each edge that is not an exception.
fn between(graph: &Graph) -> Vec<(&str, &str)> {
    let layers: HashMap<&str, &str> = graph
        .vertices
        .iter()
        .filter_map(|vertex| Some((vertex.id.as_str(), vertex.layer.as_deref()?)))
        .collect();
    let edges = graph.edges.iter().filter(|edge| edge.kind != EdgeKind::Excepted);
    edges
        .filter_map(|edge| Some((*layers.get(edge.from.as_str())?, *layers.get(edge.to.as_str())?)))
        .collect()
}

impl Layer {
    pub(super) fn of(name: Option<&str>) -> Self {
        let class = match name {
            Some("Route") => "route",
            Some("Service") => "service",
            Some("Repository") => "repository",
            Some("Infrastructure") => "infrastructure",
            Some("Common") => "common",
            Some(_) => "own",
            None => "external",
        };
        Self { name: name.unwrap_or("External").to_owned(), class }
    }
}
