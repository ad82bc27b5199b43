//! Where everything is.

use std::collections::HashMap;

use super::{
    Policies,
    card::Card,
    grid::{Neighbours, groups, order},
    layer::{self, Layer},
    placing::Placing,
};
use crate::compiled::{EdgeKind, Graph};

/// From this many cards on, they have one line.
const DENSE: usize = 60;

/// The picture in numbers. All are in the units of the picture, which are pixels unless it is scaled.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) is_dense: bool,
    pub(super) measures: Measures,
    pub(super) bands: Vec<Band>,
    /// One for each vertex, in their order.
    pub(super) cards: Vec<Placed>,
    pub(super) lines: Vec<Line>,
}

/// A layer, from side to side.
pub(super) struct Band {
    pub(super) layer: Layer,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) count: usize,
}

/// A card and its place.
pub(super) struct Placed {
    pub(super) card: Card,
    pub(super) layer: Layer,
    pub(super) left: f64,
    pub(super) top: f64,
}

/// What is drawn for all edges between two vertices.
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
    pub(super) reason: Option<String>,
}

/// The measures of cards and of what is between them.
#[derive(Clone, Copy)]
pub(super) struct Measures {
    pub(super) card_width: f64,
    pub(super) card_height: f64,
    pub(super) gap: f64,
    /// Between rows of a band.
    pub(super) row_gap: f64,
    /// Above the first row, where the name of the layer is.
    pub(super) head: f64,
    /// How many characters fit.
    pub(super) characters: usize,
}

/// Around everything.
pub(super) const MARGIN: f64 = 16.0;

impl Measures {
    /// Letters all have one width: 0.6 of their height.
    pub(super) fn of(is_dense: bool, cards: &[Card]) -> Self {
        let mut lengths: Vec<_> = cards.iter().map(|card| card.title.chars().count()).collect();
        lengths.sort_unstable();
        // Nine of ten titles fit in full.
        let common = lengths.get(lengths.len() * 9 / 10).copied().unwrap_or_default();
        #[allow(clippy::cast_precision_loss)] // it is below 30
        if is_dense {
            let characters = common.clamp(16, 30);
            let card_width = characters as f64 * 6.6 + 28.0;
            Self { card_width, card_height: 24.0, gap: 12.0, row_gap: 8.0, head: 26.0, characters }
        } else {
            let characters = common.clamp(20, 28);
            let card_width = characters as f64 * 7.2 + 32.0;
            Self { card_width, card_height: 62.0, gap: 24.0, row_gap: 34.0, head: 30.0, characters }
        }
    }
}

impl Layout {
    pub(super) fn of(graph: &Graph, policies: &Policies) -> Self {
        let count = graph.vertices.len();
        let is_dense = count > DENSE;
        let cards: Vec<_> = graph.vertices.iter().map(|vertex| Card::of(vertex, policies)).collect();
        let measures = Measures::of(is_dense, &cards);
        let layers = layer::all(graph);
        let neighbours = Neighbours::of(graph);
        let mut groups = groups(graph, &layers, is_dense);
        order(&mut groups, &neighbours, count);

        let mut placing = Placing::new(measures, count, is_dense);
        let bands = placing.bands(&groups, &layers);
        if !is_dense {
            placing.straighten(&groups, &neighbours);
        }
        let width = placing.shift();
        let height = bands.last().map_or(0.0, |band| band.top + band.height) + MARGIN;
        let places = placing.left.into_iter().zip(placing.top);
        let cards = cards.into_iter().zip(&graph.vertices).zip(places);
        let cards = cards.map(|((card, vertex), (left, top))| Placed {
            card,
            layer: Layer::of(vertex.layer.as_deref()),
            left,
            top,
        });
        Self { width, height, is_dense, measures, bands, cards: cards.collect(), lines: lines(graph) }
    }
}

/// One line for each pair of vertices. Where one of the edges is an exception, the line is.
fn lines(graph: &Graph) -> Vec<Line> {
    let places: HashMap<&str, usize> =
        graph.vertices.iter().enumerate().map(|(place, vertex)| (vertex.id.as_str(), place)).collect();
    let mut lines: Vec<Line> = Vec::new();
    let mut known: HashMap<(usize, usize), usize> = HashMap::new();
    for edge in &graph.edges {
        let (Some(&from), Some(&to)) = (places.get(edge.from.as_str()), places.get(edge.to.as_str())) else {
            continue;
        };
        let line = Line { from, to, kind: edge.kind, reason: edge.reason.clone() };
        match known.get(&(from, to)) {
            Some(&number) if edge.kind == EdgeKind::Excepted => lines[number] = line,
            Some(_) => {}
            None => {
                known.insert((from, to), lines.len());
                lines.push(line);
            }
        }
    }
    lines
}
