//! Routes whose requests hold a connection of a pool, in their transaction, and wait for another one of the same pool.
//!
//! The application warns of them when it makes its router. Here, the dependencies of more components are known.

use std::collections::{HashMap, HashSet};

use crate::{
    compiled::{Edge, Graph, Vertex},
    session::Session,
};

/// Types of the handles on a transaction that the runtime declares.
const HANDLES: [&str; 3] = ["Tx", "ReadTx", "IsolatedTx"];

/// Writes a message for each route that reaches the pool of its own transaction. Returns whether there are any.
pub(super) fn report(graph: &Graph, session: &Session) -> bool {
    let found = messages(graph);
    for message in &found {
        session.error(message);
    }
    !found.is_empty()
}

fn messages(graph: &Graph) -> Vec<String> {
    let mut edges: HashMap<&str, Vec<&Edge>> = HashMap::new();
    for edge in &graph.edges {
        edges.entry(&edge.from).or_default().push(edge);
    }
    let vertices = graph.vertices.iter().map(|vertex| (vertex.id.as_str(), vertex)).collect();
    let search = Search { vertices, edges };
    let routes = graph.vertices.iter().filter_map(|vertex| Some((vertex, vertex.route.as_deref()?)));
    routes.flat_map(|(vertex, route)| search.messages(vertex, route)).collect()
}

struct Search<'g> {
    vertices: HashMap<&'g str, &'g Vertex>,
    edges: HashMap<&'g str, Vec<&'g Edge>>,
}

impl<'g> Search<'g> {
    fn below(&self, id: &str) -> impl Iterator<Item = &'g Vertex> {
        let edges = self.edges.get(id).into_iter().flatten();
        edges.filter_map(|edge| self.vertices.get(edge.to.as_str()).copied())
    }

    fn messages(&self, endpoint: &'g Vertex, route: &str) -> Vec<String> {
        let (mut handles, mut visited) = (Vec::new(), HashSet::new());
        self.handles(endpoint, &mut handles, &mut visited);
        let (mut messages, mut pools) = (Vec::new(), HashSet::new());
        for handle in handles {
            for pool in self.below(&handle.id).filter(|vertex| vertex.recipe.is_some()) {
                let mut path = Vec::new();
                if pools.insert(&pool.id) && self.reaches(endpoint, pool, &mut path, &mut HashSet::new()) {
                    path.reverse();
                    let place = endpoint.declared_at.as_deref().unwrap_or_default();
                    messages.push(format!(
                        "{route} holds a connection of `{}` in its `{}`, and reaches that pool by `{}`: `{}`, {place}; pass the transaction to what holds the pool, or give that a pool of its own",
                        pool.id,
                        handle.ty,
                        path.join("` -> `"),
                        endpoint.ty,
                    ));
                }
            }
        }
        messages
    }

    fn handles(&self, from: &'g Vertex, found: &mut Vec<&'g Vertex>, visited: &mut HashSet<&'g str>) {
        for vertex in self.below(&from.id) {
            if visited.insert(&vertex.id) {
                if is_handle(vertex) { found.push(vertex) } else { self.handles(vertex, found, visited) }
            }
        }
    }

    /// Returns whether a vertex reaches the pool other than through a handle. Adds the path, last step first.
    fn reaches(
        &self,
        from: &'g Vertex,
        pool: &Vertex,
        path: &mut Vec<&'g str>,
        visited: &mut HashSet<&'g str>,
    ) -> bool {
        self.below(&from.id).any(|vertex| {
            // A factory runs at the start. What it returns need not hold what it takes.
            let holds = !is_handle(vertex) && vertex.recipe.as_deref() != Some("factory");
            let is_found = vertex.id == pool.id
                || (holds && visited.insert(&vertex.id) && self.reaches(vertex, pool, path, visited));
            if is_found {
                path.push(&vertex.id);
            }
            is_found
        })
    }
}

/// Whether the vertex is a handle on a transaction, and not a type of the application with the same name.
fn is_handle(vertex: &Vertex) -> bool {
    HANDLES.contains(&vertex.ty.as_str()) && vertex.recipe.is_none() && vertex.declared_at.is_none()
}

#[cfg(test)]
mod tests {
    use serde_json::{Value, json};

    use super::*;

    fn graph(edges: &[(&str, &str)]) -> Graph {
        let vertex = |id: &str, recipe: Value, route: Value, place: Value| json!({ "id": id, "type": id, "scope": "request", "recipe": recipe, "route": route, "declared_at": place });
        let none = Value::Null;
        let vertices = [
            vertex("create", none.clone(), json!("POST /books"), json!("src/web.rs:1")),
            vertex("Tx", none.clone(), none.clone(), none.clone()),
            vertex("Report", none.clone(), none.clone(), json!("src/report.rs:1")),
            vertex("journal", json!("factory"), none.clone(), json!("src/app.rs:2")),
            vertex("pool", json!("input"), none.clone(), json!("src/app.rs:1")),
            vertex("replica", json!("input"), none.clone(), json!("src/app.rs:1")),
        ];
        let edge = |(from, to): &(&str, &str)| json!({ "from": from, "to": to, "kind": "inward" });
        let edges: Vec<_> = edges.iter().map(edge).collect();
        let graph = json!({ "container": "App", "declared_at": "src/app.rs:1", "vertices": vertices, "edges": edges });
        serde_json::from_value(graph).unwrap()
    }

    #[test]
    fn a_pool_beside_a_transaction_on_it_is_found() {
        let found =
            messages(&graph(&[("create", "Tx"), ("Tx", "pool"), ("create", "Report"), ("Report", "pool")]));
        let start = "POST /books holds a connection of `pool` in its `Tx`, and reaches that pool by `Report` -> `pool`: ";
        assert!(found.len() == 1 && found[0].starts_with(start), "{found:?}");
        assert!(found[0].contains(": `create`, src/web.rs:1; pass the transaction"), "{found:?}");
    }

    #[test]
    fn another_pool_a_factory_and_a_transaction_alone_are_not_found() {
        for edges in [
            &[("create", "Tx"), ("Tx", "pool"), ("create", "Report"), ("Report", "replica")][..],
            &[("create", "Tx"), ("Tx", "pool"), ("create", "journal"), ("journal", "pool")],
            &[("create", "Tx"), ("Tx", "pool"), ("create", "Report"), ("Report", "Tx")],
            &[("create", "Report"), ("Report", "pool")],
        ] {
            assert!(messages(&graph(edges)).is_empty(), "{edges:?}");
        }
    }
}
