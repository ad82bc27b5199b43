//! Pages of lists.

use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

/// Part of a list that a request selects.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "`limit` and `offset`, whole numbers")]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// Maximal number of entries, from 1 to 100.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: i64,
    /// Number of entries before the first one.
    #[garde(range(min = 0, max = 10_000))]
    #[param(minimum = 0, maximum = 10_000, default = 0)]
    pub offset: i64,
}

impl Default for Page {
    fn default() -> Self {
        Self {
            limit: 20,
            offset: 0,
        }
    }
}
