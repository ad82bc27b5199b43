//! Which page of a list is asked for.

use garde::Validate;
use inject_runtime::inject;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{api::extract::Query, core::page::Page};

/// `?limit=20&offset=40`
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "`limit` and `offset`, whole numbers")]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// How many at most: from 1 to 100.
    #[garde(range(min = 1, max = Page::LARGEST))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: i64,
    /// How many are left out before.
    #[garde(range(min = 0, max = Page::FURTHEST))]
    #[param(minimum = 0, maximum = 10_000, default = 0)]
    pub offset: i64,
}

impl Default for PageQuery {
    fn default() -> Self {
        let Page { limit, offset } = Page::default();
        Self { limit, offset }
    }
}

/// The page: with caps, so that nobody asks for everything.
#[inject]
pub fn page(Query(query): Query<PageQuery>) -> Page {
    Page { limit: query.limit, offset: query.offset }
}
