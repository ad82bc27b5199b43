//! Parts of a graph: what is around a component; paths as they are seen from a folder.

use std::collections::HashSet;

use super::{Edge, Location, View};

impl View {
    /// The part of the graph around the vertices with these ids: what they depend on, and what depends on them, at most `depth` edges away.
    ///
    /// ```
    /// use std::sync::Arc;
    /// use inject_runtime::{container, repository, service};
    ///
    /// #[repository]
    /// pub struct Books;
    ///
    /// #[service]
    /// pub struct Library {
    ///     books: Books,
    /// }
    ///
    /// #[service]
    /// pub struct Clock;
    ///
    /// #[container]
    /// pub struct App {
    ///     library: Arc<Library>,
    ///     clock: Arc<Clock>,
    /// }
    ///
    /// let mermaid = App::graph().view().around(&["Books"], usize::MAX).to_mermaid();
    /// assert!(mermaid.contains("library --> Books"));
    /// assert!(!mermaid.contains("clock"));
    /// ```
    #[must_use]
    pub fn around(mut self, ids: &[impl AsRef<str>], depth: usize) -> Self {
        let forwards = self.reached(ids, depth, |edge| (&edge.from, &edge.to));
        let backwards = self.reached(ids, depth, |edge| (&edge.to, &edge.from));
        self.vertices.retain(|vertex| forwards.contains(&vertex.id) || backwards.contains(&vertex.id));
        // Not between a dependency and a dependent: that is a way around the vertices in question.
        self.edges.retain(|edge| {
            [&forwards, &backwards].iter().any(|side| side.contains(&edge.from) && side.contains(&edge.to))
        });
        self.start_order.retain(|field| forwards.contains(*field) || backwards.contains(*field));
        self
    }

    fn reached<'a>(
        &'a self,
        ids: &[impl AsRef<str>],
        depth: usize,
        ends: impl Fn(&'a Edge) -> (&'a String, &'a String),
    ) -> HashSet<String> {
        let mut frontier: HashSet<&str> = ids.iter().map(AsRef::as_ref).collect();
        let mut reached = frontier.clone();
        for _ in 0..depth {
            let next = self.edges.iter().map(&ends).filter(|(from, _)| frontier.contains(from.as_str()));
            frontier = next.map(|(_, to)| to.as_str()).filter(|to| !reached.contains(to)).collect();
            if frontier.is_empty() {
                break;
            }
            reached.extend(&frontier);
        }
        reached.into_iter().map(str::to_owned).collect()
    }

    /// The same graph, with files as they are seen from `folder`, which a build from another folder has as absolute paths.
    #[must_use]
    pub fn seen_from(mut self, folder: &str) -> Self {
        self.location = self.location.seen_from(folder);
        for vertex in &mut self.vertices {
            vertex.location = vertex.location.seen_from(folder);
        }
        self
    }
}

impl Location {
    /// The same place, if it is below `folder` as it is seen from there.
    #[must_use]
    pub fn seen_from(self, folder: &str) -> Self {
        let below = self.file.strip_prefix(folder);
        let file = below.and_then(|path| path.strip_prefix(['/', '\\'])).unwrap_or(self.file);
        Self { file, ..self }
    }
}
