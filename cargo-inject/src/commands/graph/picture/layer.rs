//! The bands of the picture, from the outside in.

use crate::compiled::Graph;

/// A layer, with the colour that stands for it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Layer {
    pub(super) name: String,
    /// The class of its cards.
    pub(super) class: &'static str,
}

const ONION: [&str; 4] = ["Route", "Service", "Repository", "Infrastructure"];

/// Class, colour on a light ground, colour on a dark one.
pub(super) const COLOURS: [(&str, &str, &str); 7] = [
    ("route", "#0b62c4", "#6cb2ff"),
    ("service", "#1a7f37", "#5fd07a"),
    ("repository", "#8250df", "#c3a2ff"),
    ("infrastructure", "#9a5b00", "#e6ab4f"),
    ("own", "#0f7b83", "#4fcbd3"),
    ("shared", "#57606a", "#a5afba"),
    ("external", "#a8326e", "#ff94c7"),
];

/// Where a layer of one's own belongs nobody says: they come after those of the library, as in the runtime's pictures.
pub(super) fn all(graph: &Graph) -> Vec<Layer> {
    let mut names: Vec<Option<&str>> = Vec::new();
    for vertex in &graph.vertices {
        if !names.contains(&vertex.layer.as_deref()) {
            names.push(vertex.layer.as_deref());
        }
    }
    names.sort_by_key(|name| match name {
        Some("Shared") => ONION.len() + 1,
        Some(name) => ONION.iter().position(|it| it == name).unwrap_or(ONION.len()),
        None => ONION.len() + 2,
    });
    names.into_iter().map(Layer::of).collect()
}

impl Layer {
    pub(super) fn of(name: Option<&str>) -> Self {
        let class = match name {
            Some("Route") => "route",
            Some("Service") => "service",
            Some("Repository") => "repository",
            Some("Infrastructure") => "infrastructure",
            Some("Shared") => "shared",
            Some(_) => "own",
            None => "external",
        };
        Self { name: name.unwrap_or("External").to_owned(), class }
    }
}
