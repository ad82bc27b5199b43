//! Places of the bands, cards and lines.

use std::collections::HashMap;

use super::{
    card::{Card, Policies},
    grid::{Group, Neighbors, groups, order},
    layer::{self, Layer},
};
use crate::compiled::{EdgeKind, Graph};

/// Number of cards from which on each card has one line.
const DENSE: usize = 60;

/// Places in the picture. The units are pixels unless the picture is scaled.
pub(super) struct Layout {
    pub(super) width: f64,
    pub(super) height: f64,
    pub(super) is_dense: bool,
    pub(super) measures: Measures,
    pub(super) bands: Vec<Band>,
    /// Cards of the vertices, in their order.
    pub(super) cards: Vec<Placed>,
    pub(super) lines: Vec<Line>,
}

/// Band of a layer across the picture.
pub(super) struct Band {
    pub(super) layer: Layer,
    pub(super) top: f64,
    pub(super) height: f64,
    pub(super) count: usize,
}

/// Card with its place.
pub(super) struct Placed {
    pub(super) card: Card,
    pub(super) layer: Layer,
    pub(super) left: f64,
    pub(super) top: f64,
}

/// Line for all edges between two vertices.
pub(super) struct Line {
    pub(super) from: usize,
    pub(super) to: usize,
    pub(super) kind: EdgeKind,
    pub(super) reason: Option<String>,
}

/// Measures of cards and of the space between them.
#[derive(Clone, Copy)]
pub(super) struct Measures {
    pub(super) card_width: f64,
    pub(super) card_height: f64,
    pub(super) gap: f64,
    /// Between rows of a band.
    pub(super) row_gap: f64,
    /// Height of the name of the layer, above the first row.
    pub(super) head: f64,
    /// Number of characters that fit.
    pub(super) characters: usize,
}

/// Margin around the picture.
pub(super) const MARGIN: f64 = 16.0;

impl Measures {
    /// Measures for cards. The width of a letter is 0.6 of its height.
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
        let neighbors = Neighbors::of(graph);
        let mut groups = groups(graph, &layers, is_dense);
        order(&mut groups, &neighbors, count);

        let mut placing = Placing::new(measures, count, is_dense);
        let bands = placing.bands(&groups, &layers);
        if !is_dense {
            placing.straighten(&groups, &neighbors);
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

/// Lines, one for each pair of vertices. If one of the edges is an exception, the line shows the exception.
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

/// Places of cards during the layout.
struct Placing {
    measures: Measures,
    /// Number of cards that fit side by side.
    columns: usize,
    is_staggered: bool,
    left: Vec<f64>,
    top: Vec<f64>,
}

#[allow(clippy::cast_precision_loss)] // counts are far below 2^52
impl Placing {
    fn new(measures: Measures, count: usize, is_dense: bool) -> Self {
        // As wide as a screen. Many cards continue below it, to stay readable.
        let ratio = if is_dense { 1.0 } else { 1.5 };
        let (across, down) = (measures.card_width + measures.gap, measures.card_height + measures.row_gap);
        let fitting = (ratio * count as f64 * down / across).sqrt();
        #[allow(clippy::cast_possible_truncation, clippy::cast_sign_loss)] // it is between 6 and 24
        let columns = fitting.round().clamp(6.0, if is_dense { 24.0 } else { 9.0 }) as usize;
        Self { measures, columns, is_staggered: !is_dense, left: vec![0.0; count], top: vec![0.0; count] }
    }

    fn across(&self) -> f64 {
        self.measures.card_width + self.measures.gap
    }

    /// Places the groups one below the other.
    fn bands(&mut self, groups: &[Group], layers: &[Layer]) -> Vec<Band> {
        const BETWEEN: f64 = 14.0;
        let Measures { card_height, row_gap, head, .. } = self.measures;
        let mut bands: Vec<Band> = Vec::new();
        let mut top = MARGIN;
        for (band, layer) in layers.iter().enumerate() {
            let own: Vec<_> = groups.iter().filter(|group| group.band == band).collect();
            let mut row = top + head;
            for group in &own {
                row = self.group(group, row) + row_gap;
            }
            let height = row - row_gap + 12.0 - top;
            let count = own.iter().map(|group| group.vertices.len()).sum();
            bands.push(Band { layer: layer.clone(), top, height: height.max(head + card_height), count });
            top += height + BETWEEN;
        }
        bands
    }

    /// Places a group at `top`, column by column, so that neighbors in its order stay close. Returns the bottom of the group.
    fn group(&mut self, group: &Group, top: f64) -> f64 {
        let Measures { card_height, row_gap, .. } = self.measures;
        let count = group.vertices.len();
        let rows = count.div_ceil(self.columns);
        let columns = count.div_ceil(rows);
        let start = (self.columns - columns) as f64 / 2.0;
        for (number, vertex) in group.vertices.iter().enumerate() {
            let column = number * columns / count;
            let row = number - (column * count).div_ceil(columns);
            // Lines from one row pass between the cards of the next.
            let aside = if self.is_staggered && row % 2 == 1 { 0.5 } else { 0.0 };
            self.left[*vertex] = MARGIN + (start + aside + column as f64) * self.across();
            self.top[*vertex] = top + row as f64 * (card_height + row_gap);
        }
        top + rows as f64 * (card_height + row_gap) - row_gap
    }

    /// Moves the cards of groups with one row below and above their neighbors.
    fn straighten(&mut self, groups: &[Group], neighbors: &Neighbors) {
        const SWEEPS: usize = 12;
        let across = self.across();
        for _ in 0..SWEEPS {
            for group in groups.iter().filter(|group| group.vertices.len() <= self.columns) {
                let wanted: Vec<_> = group
                    .vertices
                    .iter()
                    .map(|vertex| neighbors.center(*vertex, &self.left).unwrap_or(self.left[*vertex]))
                    .collect();
                let mut found: Vec<f64> = Vec::new();
                for wanted in &wanted {
                    let nearest = found.last().map_or(*wanted, |left| left + across);
                    found.push(wanted.max(nearest));
                }
                let off = wanted.iter().zip(&found).map(|(wanted, found)| wanted - found).sum::<f64>();
                let off = off / wanted.len() as f64;
                for (vertex, left) in group.vertices.iter().zip(found) {
                    self.left[*vertex] = left + off;
                }
            }
        }
    }

    /// Moves all cards to the margin. Returns the width of the picture.
    fn shift(&mut self) -> f64 {
        let first = self.left.iter().copied().fold(f64::INFINITY, f64::min);
        // The bands have a margin of their own.
        let off = if first.is_finite() { 2.0 * MARGIN - first } else { 0.0 };
        self.left.iter_mut().for_each(|left| *left = (*left + off).round());
        let last = self.left.iter().copied().fold(0.0, f64::max);
        (last + self.measures.card_width + 2.0 * MARGIN).max(480.0)
    }
}
