//! Pictures: SVG, and a page to explore.
//!
//! ```text
//! Graph --card--> Card --layout--> Layout --svg--> picture --page--> HTML
//! ```

mod card;
mod grid;
mod layer;
mod layout;
mod page;
mod svg;

use self::card::Policies;
use crate::compiled::{Graph, Table};

/// Picture as a document of its own.
pub(super) fn svg(graph: &Graph, table: Option<&Table>) -> String {
    let layout = layout::Layout::of(graph, &policies(table));
    svg::document(graph, &layout)
}

/// Page with the picture.
///
/// # Errors
///
/// The data cannot be written as JSON.
pub(super) fn html(graph: &Graph, table: Option<&Table>) -> serde_json::Result<String> {
    let policies = policies(table);
    let layout = layout::Layout::of(graph, &policies);
    page::document(graph, &layout, &policies)
}

fn policies(table: Option<&Table>) -> Policies {
    let routes = table.into_iter().flat_map(|table| &table.routes);
    routes.map(|route| (format!("{} {}", route.method, route.path), route.policy_shown())).collect()
}

#[cfg(test)]
mod tests;
