//! Business logic of articles.

use inject_runtime::service;

use super::{
    errors::ContentError,
    repository::ArticleRepository,
    schemas::{ArticleResponse, NewArticle},
};
use crate::features::users::{CurrentUser, UserService};

/// Service that manages articles. Authors come from the service of the feature `users`: a service may depend on another service, and
/// both use the same transaction.
#[service(scope = request)]
pub struct ContentService {
    articles: ArticleRepository,
    users: UserService,
}

impl ContentService {
    /// Publishes an article.
    ///
    /// # Errors
    ///
    /// Returns [`ContentError::Blank`] if the title or the body is blank.
    pub async fn publish(
        &mut self,
        CurrentUser(author): CurrentUser,
        NewArticle { title, body }: NewArticle,
    ) -> Result<ArticleResponse, ContentError> {
        let (title, body) = (title.trim(), body.trim());
        if title.is_empty() || body.is_empty() {
            return Err(ContentError::Blank);
        }
        let article = self.articles.insert(author.id, title, body).await?;
        Ok(ArticleResponse::new(article, author))
    }

    /// Returns an article with its author.
    ///
    /// # Errors
    ///
    /// Returns [`ContentError::Unknown`] if the article does not exist.
    pub async fn get(&mut self, id: i64) -> Result<ArticleResponse, ContentError> {
        let article = self.articles.find(id).await?.ok_or(ContentError::Unknown(id))?;
        let author = self.users.profile(article.author_id).await?;
        Ok(ArticleResponse::new(article, author))
    }
}
