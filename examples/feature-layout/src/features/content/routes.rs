//! The endpoints of articles.

use axum::{Json, extract::Path, http::StatusCode};
use inject_runtime::{Routes, get, post, routes};

use super::{
    errors::ContentError,
    schemas::{ArticleResponse, NewArticle},
    service::ContentService,
};
use crate::{app::App, features::users::CurrentUser};

/// All of them.
#[must_use]
pub fn routes() -> Routes<App> {
    routes![publish, show]
}

/// Publishes an article, in the name of whoever asks.
///
/// # Errors
///
/// It has no heading, or no text.
#[post("/articles", authenticated = CurrentUser)]
pub(super) async fn publish(
    author: CurrentUser,
    mut content: ContentService,
    Json(article): Json<NewArticle>,
) -> Result<(StatusCode, Json<ArticleResponse>), ContentError> {
    Ok((StatusCode::CREATED, Json(content.publish(author, article).await?)))
}

/// An article.
///
/// # Errors
///
/// There is no such article.
#[get("/articles/{id}", public)]
pub(super) async fn show(
    mut content: ContentService,
    Path(id): Path<i64>,
) -> Result<Json<ArticleResponse>, ContentError> {
    Ok(Json(content.get(id).await?))
}
