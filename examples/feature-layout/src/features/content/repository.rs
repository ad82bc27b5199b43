//! SQL for articles.

use inject_runtime::{repository, tx::Tx};
use sqlx::Sqlite;

use super::models::Article;

#[repository(scope = request)]
pub(super) struct ArticleRepository {
    tx: Tx<Sqlite>,
}

impl ArticleRepository {
    pub(super) async fn insert(&mut self, author_id: i64, title: &str, body: &str) -> sqlx::Result<Article> {
        let query = "INSERT INTO articles (author_id, title, body) VALUES (?, ?, ?) RETURNING *";
        let query = sqlx::query_as(query).bind(author_id).bind(title).bind(body);
        query.fetch_one(&mut self.tx).await
    }

    pub(super) async fn find(&mut self, id: i64) -> sqlx::Result<Option<Article>> {
        let query = sqlx::query_as("SELECT * FROM articles WHERE id = ?").bind(id);
        query.fetch_optional(&mut self.tx).await
    }
}
