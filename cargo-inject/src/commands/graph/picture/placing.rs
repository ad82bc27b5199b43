//! From an order to places.

use super::{
    grid::{Group, Neighbours},
    layer::Layer,
    layout::{Band, MARGIN, Measures},
};

/// The places of cards, while they are being found.
pub(super) struct Placing {
    measures: Measures,
    /// How many cards fit side by side.
    columns: usize,
    is_staggered: bool,
    pub(super) left: Vec<f64>,
    pub(super) top: Vec<f64>,
}

#[allow(clippy::cast_precision_loss)] // nobody has that many
impl Placing {
    pub(super) fn new(measures: Measures, count: usize, is_dense: bool) -> Self {
        // As wide as a screen; many cards go on below it, so that they can be read.
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

    /// Puts the groups one below the other.
    pub(super) fn bands(&mut self, groups: &[Group], layers: &[Layer]) -> Vec<Band> {
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

    /// Puts a group at `top`, column by column, so that neighbours in its order stay near each other; returns where it ends.
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

    /// Moves cards that have a row for themselves below and above their neighbours.
    pub(super) fn straighten(&mut self, groups: &[Group], neighbours: &Neighbours) {
        const SWEEPS: usize = 12;
        let across = self.across();
        for _ in 0..SWEEPS {
            for group in groups.iter().filter(|group| group.vertices.len() <= self.columns) {
                let wanted: Vec<_> = group
                    .vertices
                    .iter()
                    .map(|vertex| neighbours.centre(*vertex, &self.left).unwrap_or(self.left[*vertex]))
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

    /// Moves everything to the margin; returns the width of the picture.
    pub(super) fn shift(&mut self) -> f64 {
        let first = self.left.iter().copied().fold(f64::INFINITY, f64::min);
        // Within the bands, which have a margin of their own.
        let off = if first.is_finite() { 2.0 * MARGIN - first } else { 0.0 };
        self.left.iter_mut().for_each(|left| *left = (*left + off).round());
        let last = self.left.iter().copied().fold(0.0, f64::max);
        (last + self.measures.card_width + 2.0 * MARGIN).max(480.0)
    }
}
