//! Which vertices of the graph a name means.

use crate::{
    compiled::{Graph, Vertex},
    error::Error,
    nearest::nearest,
};

/// The ids of the vertices that `name` means: a vertex by its id or its type, or all that hold the component of that name.
///
/// # Errors
///
/// There is none.
pub(super) fn ids(graph: &Graph, name: &str) -> Result<Vec<String>, Error> {
    let is_meant: [&dyn Fn(&Vertex) -> bool; 2] =
        [&|vertex| vertex.id == name, &|vertex| vertex.ty == name || vertex.component() == name];
    let ids: Vec<_> = graph
        .vertices
        .iter()
        .filter(|vertex| is_meant.iter().any(|is| is(vertex)))
        .map(|vertex| vertex.id.clone())
        .collect();
    if !ids.is_empty() {
        return Ok(ids);
    }
    let names = graph.vertices.iter().flat_map(|vertex| [vertex.id.as_str(), vertex.component()]);
    Err(Error::Message(match nearest(name, names) {
        Some(nearest) => format!("there is no `{name}` in the graph: did you mean `{nearest}`?"),
        None => format!("there is no `{name}` in the graph of `{}`", graph.container),
    }))
}

impl Vertex {
    /// The component that is meant by the type: `Mailer` of `Option<Arc<dyn Mailer>>`.
    pub(super) fn component(&self) -> &str {
        const AROUND: [&str; 4] = ["Arc<", "Option<", "Vec<", "dyn "];
        let mut ty = self.ty.as_str();
        while let Some(inner) = AROUND.iter().find_map(|wrapper| ty.strip_prefix(wrapper)) {
            ty = inner.strip_suffix('>').unwrap_or(inner);
        }
        // `dyn Mailer + Send`
        ty.split(" + ").next().unwrap_or(ty)
    }
}
