//! Rows of the database, private to this feature.

use sqlx::FromRow;

#[derive(Clone, Debug, FromRow)]
pub(super) struct Article {
    pub(super) id: i64,
    pub(super) author_id: i64,
    pub(super) title: String,
    pub(super) body: String,
}
