//! Pages of lists.

/// Part of a list. The provider `api::deps::page` reads it from the query and limits it.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// Maximum number of items.
    pub limit: i64,
    /// Number of items to skip.
    pub offset: i64,
}

impl Page {
    /// Maximum of `limit`.
    pub const MAX_LIMIT: i64 = 100;

    /// Default of `limit`.
    pub const DEFAULT_LIMIT: i64 = 20;

    /// Maximum of `offset`. Larger offsets would make the database count too many rows.
    pub const MAX_OFFSET: i64 = 10_000;
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: Self::DEFAULT_LIMIT, offset: 0 }
    }
}

/// Part of a list, with the length of the whole list.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct ListPage<T> {
    /// Items of the part.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
}

impl<T> ListPage<T> {
    /// Converts the items.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> ListPage<U> {
        ListPage { items: self.items.into_iter().map(map).collect(), total: self.total }
    }
}
