//! What can be done with articles.

use inject_runtime::service;

use super::{
    errors::ContentError,
    repository::ArticleRepository,
    schemas::{ArticleResponse, NewArticle},
};
use crate::features::users::{CurrentUser, UserService};

/// The articles. Whose they are, the other feature knows: a service may use another service, and both are in the same transaction.
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
    /// It has no heading, or no text.
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

    /// An article, with its author.
    ///
    /// # Errors
    ///
    /// There is no such article.
    pub async fn get(&mut self, id: i64) -> Result<ArticleResponse, ContentError> {
        let article = self.articles.find(id).await?.ok_or(ContentError::Unknown(id))?;
        let author = self.users.profile(article.author_id).await?;
        Ok(ArticleResponse::new(article, author))
    }
}
