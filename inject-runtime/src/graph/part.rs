//! Parts of a graph, and paths relative to a folder.

use std::collections::HashSet;

use super::{Edge, Location, View};

impl View {
    /// Returns the part of the graph around the vertices with these ids: their dependencies and their
    /// dependents, at most `depth` edges away.
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
        // Without the edges from a dependent to a dependency that bypass the given vertices.
        self.edges.retain(|edge| {
            [&forwards, &backwards].iter().any(|side| side.contains(&edge.from) && side.contains(&edge.to))
        });
        self.start_order.retain(|field| forwards.contains(field) || backwards.contains(field));
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

    /// Makes the paths of files relative to `folder`. A build from another folder has absolute paths.
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
    /// Makes the path of the file relative to `folder`, if the file is inside it.
    #[must_use]
    pub fn seen_from(self, folder: &str) -> Self {
        let below = self.file.strip_prefix(folder);
        let file = below.and_then(|path| path.strip_prefix(['/', '\\'])).unwrap_or(self.file);
        Self { file, ..self }
    }
}
