//! Pages of lists.

use garde::Validate;
use serde::Deserialize;
use utoipa::IntoParams;

/// Which part of a list is asked for.
#[derive(Clone, Copy, Debug, Deserialize, IntoParams, Validate)]
#[serde(default, expecting = "`limit` and `offset`, whole numbers")]
#[into_params(parameter_in = Query)]
pub struct Page {
    /// How many at most: from 1 to 100.
    #[garde(range(min = 1, max = 100))]
    #[param(minimum = 1, maximum = 100, default = 20)]
    pub limit: i64,
    /// How many are left out before.
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
