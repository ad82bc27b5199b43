//! Page of a list.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::page::{ListPage, Page};

/// Page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageOf<T> {
    /// Items of the page.
    pub items: Vec<T>,
    /// Length of the whole list.
    pub total: i64,
    /// Maximum number of items.
    pub limit: i64,
    /// Number of skipped items.
    pub offset: i64,
}

impl<T> PageOf<T> {
    /// Creates the response from a part of a list.
    #[must_use]
    pub fn new(list: ListPage<T>, page: Page) -> Self {
        Self { items: list.items, total: list.total, limit: page.limit, offset: page.offset }
    }
}
