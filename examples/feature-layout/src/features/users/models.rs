//! Rows of the database, private to this feature.

use sqlx::FromRow;

#[derive(Clone, Debug, FromRow)]
pub(super) struct User {
    pub(super) id: i64,
    pub(super) name: String,
}
