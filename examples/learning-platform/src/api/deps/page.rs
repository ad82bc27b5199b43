//! Page of a list.

use garde::Validate;
use inject_runtime::inject;
use serde::Deserialize;
use utoipa::IntoParams;

use crate::{api::extract::Query, core::page::Page};

/// Query parameters of a page, such as `?limit=20&offset=40`.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "the integers `limit` and `offset`")]
#[into_params(parameter_in = Query)]
pub struct PageQuery {
    /// Maximum number of items: from 1 to 100.
    #[garde(range(min = 1, max = Page::MAX_LIMIT))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: i64,
    /// Number of items to skip.
    #[garde(range(min = 0, max = Page::MAX_OFFSET))]
    #[param(minimum = 0, maximum = 10_000, default = 0)]
    pub offset: i64,
}

impl Default for PageQuery {
    fn default() -> Self {
        let Page { limit, offset } = Page::default();
        Self { limit, offset }
    }
}

/// Provider of the [`Page`]. Its limits prevent requests for the whole list.
#[inject]
pub fn page(Query(query): Query<PageQuery>) -> Page {
    Page { limit: query.limit, offset: query.offset }
}
