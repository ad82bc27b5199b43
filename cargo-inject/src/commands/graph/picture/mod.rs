//! Pictures that are laid out here: SVG, and a page to look around in.
//!
//! ```text
//! Graph --card--> Card --layout--> Layout --svg--> picture --page--> HTML
//! ```

mod card;
mod grid;
mod layer;
mod layout;
mod page;
mod placing;
mod svg;

use std::collections::HashMap;

use crate::{
    compiled::{Graph, Table},
    error::Error,
};

/// The picture, for every viewer.
pub(super) fn svg(graph: &Graph, table: Option<&Table>) -> String {
    let layout = layout::Layout::of(graph, &policies(table));
    svg::document(graph, &layout)
}

/// The page.
///
/// # Errors
///
/// None that could happen.
pub(super) fn html(graph: &Graph, table: Option<&Table>) -> Result<String, Error> {
    let policies = policies(table);
    let layout = layout::Layout::of(graph, &policies);
    page::document(graph, &layout, &policies)
}

/// Who may call an endpoint, by `GET /path`.
type Policies = HashMap<String, String>;

fn policies(table: Option<&Table>) -> Policies {
    let routes = table.into_iter().flat_map(|table| &table.routes);
    routes.map(|route| (format!("{} {}", route.method, route.path), route.policy_shown())).collect()
}

#[cfg(test)]
mod tests;
