//! Pages of lists.

/// Which part of a list is asked for. `api::deps::page` makes it from the query, with caps.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Page {
    /// How many at most.
    pub limit: i64,
    /// How many are left out before.
    pub offset: i64,
}

impl Page {
    /// The largest page there is.
    pub const LARGEST: i64 = 100;

    /// The page that those get who do not say.
    pub const USUAL: i64 = 20;

    /// How far into a list one can look: beyond, a database has to count too much.
    pub const FURTHEST: i64 = 10_000;
}

impl Default for Page {
    fn default() -> Self {
        Self { limit: Self::USUAL, offset: 0 }
    }
}

/// A part of a list, and how long the list is.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Listed<T> {
    /// The part that was asked for.
    pub items: Vec<T>,
    /// The length of the whole list.
    pub total: i64,
}

impl<T> Listed<T> {
    /// The same list, of something else.
    pub fn map<U>(self, map: impl FnMut(T) -> U) -> Listed<U> {
        Listed { items: self.items.into_iter().map(map).collect(), total: self.total }
    }
}
