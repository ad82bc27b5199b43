//! Endpoints for articles.

use axum::{Json, extract::Path, http::StatusCode};
use inject_runtime::{Routes, get, post, routes};

use super::{
    errors::ContentError,
    schemas::{ArticleResponse, NewArticle},
    service::ContentService,
};
use crate::{app::App, features::users::CurrentUser};

/// Returns the endpoints of the feature.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![publish, show]
}

/// Publishes an article. The author is the authenticated user.
///
/// # Errors
///
/// Returns an error if the title or the body is blank.
#[post("/articles", authenticated)]
pub(super) async fn publish(
    author: CurrentUser,
    mut content: ContentService,
    Json(article): Json<NewArticle>,
) -> Result<(StatusCode, Json<ArticleResponse>), ContentError> {
    Ok((StatusCode::CREATED, Json(content.publish(author, article).await?)))
}

/// Shows an article.
///
/// # Errors
///
/// Returns an error if the article does not exist.
#[get("/articles/{id}", public)]
pub(super) async fn show(
    mut content: ContentService,
    Path(id): Path<i64>,
) -> Result<Json<ArticleResponse>, ContentError> {
    Ok(Json(content.get(id).await?))
}
