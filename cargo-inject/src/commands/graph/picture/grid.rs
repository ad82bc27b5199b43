//! Order of cards: groups one below the other, with neighbors close to each other in each group.

use std::collections::HashMap;

use super::layer::Layer;
use crate::compiled::Graph;

/// Vertices that stand together: those of a layer, or, in a roomy picture, those of a layer with one rank.
pub(super) struct Group {
    /// Number of the layer.
    pub(super) band: usize,
    pub(super) vertices: Vec<usize>,
}

/// Neighbors of each vertex.
pub(super) struct Neighbors(Vec<Vec<usize>>);

impl Neighbors {
    pub(super) fn of(graph: &Graph) -> Self {
        let places: HashMap<&str, usize> =
            graph.vertices.iter().enumerate().map(|(place, vertex)| (vertex.id.as_str(), place)).collect();
        let mut neighbors = vec![Vec::new(); graph.vertices.len()];
        for edge in &graph.edges {
            if let (Some(&from), Some(&to)) = (places.get(edge.from.as_str()), places.get(edge.to.as_str())) {
                neighbors[from].push(to);
                neighbors[to].push(from);
            }
        }
        Self(neighbors)
    }

    /// Mean position of the neighbors.
    pub(super) fn center(&self, vertex: usize, position: &[f64]) -> Option<f64> {
        let neighbors = &self.0[vertex];
        #[allow(clippy::cast_precision_loss)] // counts are far below 2^52
        (!neighbors.is_empty()).then(|| {
            neighbors.iter().map(|neighbor| position[*neighbor]).sum::<f64>() / neighbors.len() as f64
        })
    }
}

/// Groups, from top to bottom, each in the order of the graph.
pub(super) fn groups(graph: &Graph, layers: &[Layer], is_dense: bool) -> Vec<Group> {
    let ranks = if is_dense { vec![0; graph.vertices.len()] } else { ranks(graph) };
    let mut groups = Vec::new();
    for (band, layer) in layers.iter().enumerate() {
        let vertices: Vec<_> = (0..graph.vertices.len())
            .filter(|vertex| Layer::of(graph.vertices[*vertex].layer.as_deref()) == *layer)
            .collect();
        let deepest = vertices.iter().map(|vertex| ranks[*vertex]).max().unwrap_or(0);
        for rank in 0..=deepest {
            let vertices: Vec<_> = vertices.iter().copied().filter(|vertex| ranks[*vertex] == rank).collect();
            if !vertices.is_empty() {
                groups.push(Group { band, vertices });
            }
        }
    }
    groups
}

/// Rank of each vertex in its layer: below all vertices of the layer that depend on it.
fn ranks(graph: &Graph) -> Vec<usize> {
    let places: HashMap<&str, usize> =
        graph.vertices.iter().enumerate().map(|(place, vertex)| (vertex.id.as_str(), place)).collect();
    let edges: Vec<_> = graph
        .edges
        .iter()
        .filter_map(|edge| Some((*places.get(edge.from.as_str())?, *places.get(edge.to.as_str())?)))
        .filter(|(from, to)| graph.vertices[*from].layer == graph.vertices[*to].layer && from != to)
        .collect();
    let mut ranks = vec![0; graph.vertices.len()];
    // As many rounds as the longest path can have edges: exceptions can form a cycle.
    for _ in 0..graph.vertices.len() {
        let mut is_changed = false;
        for (from, to) in &edges {
            if ranks[*to] <= ranks[*from] && ranks[*from] + 1 < graph.vertices.len().min(12) {
                ranks[*to] = ranks[*from] + 1;
                is_changed = true;
            }
        }
        if !is_changed {
            break;
        }
    }
    ranks
}

/// Orders the vertices of each group by the mean position of their neighbors, in several sweeps down and up.
pub(super) fn order(groups: &mut [Group], neighbors: &Neighbors, count: usize) {
    const SWEEPS: usize = 8;
    let mut position = vec![0.0; count];
    for group in groups.iter() {
        place(group, &mut position);
    }
    for sweep in 0..SWEEPS {
        let mut numbers: Vec<_> = (0..groups.len()).collect();
        if sweep % 2 == 1 {
            numbers.reverse();
        }
        for number in numbers {
            let group = &mut groups[number];
            let key = |vertex: &usize| neighbors.center(*vertex, &position).unwrap_or(position[*vertex]);
            let mut keyed: Vec<_> = group.vertices.iter().map(|vertex| (key(vertex), *vertex)).collect();
            keyed.sort_by(|a, b| a.0.total_cmp(&b.0));
            group.vertices = keyed.into_iter().map(|(_, vertex)| vertex).collect();
            place(group, &mut position);
        }
    }
}

/// Evenly between 0 and 1, so that wide groups and narrow ones are comparable.
fn place(group: &Group, position: &mut [f64]) {
    #[allow(clippy::cast_precision_loss)] // counts are far below 2^52
    for (number, vertex) in group.vertices.iter().enumerate() {
        position[*vertex] = (number as f64 + 0.5) / group.vertices.len() as f64;
    }
}
