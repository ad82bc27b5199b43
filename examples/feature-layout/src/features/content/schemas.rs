//! What goes over the wire.

use serde::{Deserialize, Serialize};

use super::models::Article;
use crate::features::users::Profile;

/// An article to be published.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields, expecting = "an object with `title` and `body`")]
pub struct NewArticle {
    /// Its heading.
    pub title: String,
    /// Its text.
    pub body: String,
}

/// An article.
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
