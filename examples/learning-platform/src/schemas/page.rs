//! A page of a list.

use serde::Serialize;
use utoipa::ToSchema;

use crate::core::page::{Listed, Page};

/// A page of a list.
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct PageOf<T> {
    /// The part that was asked for.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
    /// How many were asked for.
    pub limit: i64,
    /// How many were left out before.
    pub offset: i64,
}

impl<T> PageOf<T> {
    /// The page that was asked for.
    #[must_use]
    pub fn new(list: Listed<T>, page: Page) -> Self {
        Self { items: list.items, total: list.total, limit: page.limit, offset: page.offset }
    }
}
