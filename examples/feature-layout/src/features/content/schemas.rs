//! Request and response bodies.

use serde::{Deserialize, Serialize};

use super::models::Article;
use crate::features::users::Profile;

/// Input for a new article.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `title` and `body`")]
pub struct NewArticle {
    /// Title of the article.
    pub title: String,
    /// Text of the article.
    pub body: String,
}

/// Article in a response.
#[derive(Debug, Serialize)]
pub struct ArticleResponse {
    id: i64,
    title: String,
    body: String,
    author: Profile,
}

impl ArticleResponse {
    pub(super) fn new(article: Article, author: Profile) -> Self {
        Self { id: article.id, title: article.title, body: article.body, author }
    }
}
