//! Endpoints for chapters. The versions differ in the representation of chapters, not in the operations.

use axum::response::NoContent;
use inject_runtime::{Authorized, Routes, delete, get, patch, post, require_role, routes};

use crate::{
    api::{
        errors::ApiError,
        extract::{Json, Path},
        responses::Created,
    },
    app::App,
    core::{
        page::Page,
        security::{ActiveUser, UserRole, roles},
    },
    models::content::ChapterFilter,
    schemas::{
        PageOf,
        content::{
            ChapterChangesRequest, ChapterItem, ChapterItemV2, ChapterResponse, ChapterResponseV2,
            NewChapterRequest,
        },
    },
    services::content::ContentService,
};

/// Returns the routes of version 1, where a chapter is flat and contains the id of its author.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![list_chapters, create_chapter, get_chapter, update_chapter, publish_chapter, unpublish_chapter]
        .merge(common_routes())
}

/// Returns the routes of version 2, where a chapter contains its author, its reading time and the progress of the
/// reader.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![
        list_chapters_v2,
        create_chapter_v2,
        get_chapter_v2,
        update_chapter_v2,
        publish_chapter_v2,
        unpublish_chapter_v2,
    ]
    .merge(common_routes())
}

fn common_routes() -> Routes<App> {
    routes![delete_chapter]
}

/// Lists the chapters that are visible to the user, with the reading progress.
///
/// Students get the chapters of their grade by default. With `grade_level=all` they get all grades, their own grade
/// first.
///
/// # Errors
///
/// A parameter is invalid.
#[get("/chapters", authenticated)]
pub async fn list_chapters(
    reader: ActiveUser,
    filter: ChapterFilter,
    page: Page,
    mut content: ContentService,
) -> Result<Json<PageOf<ChapterItem>>, ApiError> {
    let list = content.list(&reader, &filter, page).await?;
    Ok(Json(PageOf::new(list.map(Into::into), page)))
}

/// Lists the chapters that are visible to the user, with the reading progress.
///
/// Students get the chapters of their grade by default. With `grade_level=all` they get all grades, their own grade
/// first.
///
/// # Errors
///
/// A parameter is invalid.
#[get("/chapters", authenticated)]
pub async fn list_chapters_v2(
    reader: ActiveUser,
    filter: ChapterFilter,
    page: Page,
    mut content: ContentService,
) -> Result<Json<PageOf<ChapterItemV2>>, ApiError> {
    let list = content.list(&reader, &filter, page).await?;
    Ok(Json(PageOf::new(list.map(Into::into), page)))
}

/// Adds a chapter. Students cannot read it before it is published.
///
/// # Errors
///
/// A field is invalid.
#[post("/chapters")]
#[require_role(UserRole::Teacher)]
pub async fn create_chapter(
    author: Authorized<roles::Teacher>,
    mut content: ContentService,
    Json(new): Json<NewChapterRequest>,
) -> Result<Created<ChapterResponse>, ApiError> {
    let added = content.write(&author, new.into()).await?;
    let location = format!("/api/v1/chapters/{}", added.chapter.id);
    Ok(Created { location, body: added.into() })
}

/// Adds a chapter. Students cannot read it before it is published.
///
/// # Errors
///
/// A field is invalid.
#[post("/chapters")]
#[require_role(UserRole::Teacher)]
pub async fn create_chapter_v2(
    author: Authorized<roles::Teacher>,
    mut content: ContentService,
    Json(new): Json<NewChapterRequest>,
) -> Result<Created<ChapterResponseV2>, ApiError> {
    let added = content.write(&author, new.into()).await?;
    let location = format!("/api/v2/chapters/{}", added.chapter.id);
    Ok(Created { location, body: added.into() })
}

/// Returns a chapter with its text.
///
/// # Errors
///
/// The chapter does not exist or is not visible to the user.
#[get("/chapters/{id}", authenticated)]
pub async fn get_chapter(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.open(&reader, id).await?.into()))
}

/// Returns a chapter with its text.
///
/// # Errors
///
/// The chapter does not exist or is not visible to the user.
#[get("/chapters/{id}", authenticated)]
pub async fn get_chapter_v2(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.open(&reader, id).await?.into()))
}

/// Changes a chapter of the author, if `revision` is still its current revision. Admins may change every chapter.
///
/// # Errors
///
/// There is a later revision, or the chapter belongs to another author.
#[patch("/chapters/{id}")]
#[require_role(UserRole::Teacher)]
pub async fn update_chapter(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
    Json(changes): Json<ChapterChangesRequest>,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.revise(&author, id, changes.revision, changes.into()).await?.into()))
}

/// Changes a chapter of the author, if `revision` is still its current revision. Admins may change every chapter.
///
/// # Errors
///
/// There is a later revision, or the chapter belongs to another author.
#[patch("/chapters/{id}")]
#[require_role(UserRole::Teacher)]
pub async fn update_chapter_v2(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
    Json(changes): Json<ChapterChangesRequest>,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.revise(&author, id, changes.revision, changes.into()).await?.into()))
}

/// Publishes a chapter of the author, so that students can read it. The operation is idempotent.
///
/// # Errors
///
/// The chapter does not exist, or belongs to another author.
#[post("/chapters/{id}/publish")]
#[require_role(UserRole::Teacher)]
pub async fn publish_chapter(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.publish(&author, id).await?.into()))
}

/// Publishes a chapter of the author, so that students can read it. The operation is idempotent.
///
/// # Errors
///
/// The chapter does not exist, or belongs to another author.
#[post("/chapters/{id}/publish")]
#[require_role(UserRole::Teacher)]
pub async fn publish_chapter_v2(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.publish(&author, id).await?.into()))
}

/// Unpublishes a chapter of the author: students can no longer read it.
///
/// # Errors
///
/// The chapter does not exist, or belongs to another author.
#[post("/chapters/{id}/unpublish")]
#[require_role(UserRole::Teacher)]
pub async fn unpublish_chapter(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.unpublish(&author, id).await?.into()))
}

/// Unpublishes a chapter of the author: students can no longer read it.
///
/// # Errors
///
/// The chapter does not exist, or belongs to another author.
#[post("/chapters/{id}/unpublish")]
#[require_role(UserRole::Teacher)]
pub async fn unpublish_chapter_v2(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.unpublish(&author, id).await?.into()))
}

/// Deletes a chapter, with the reading progress of all users.
///
/// # Errors
///
/// The chapter does not exist.
#[delete("/chapters/{id}")]
#[require_role(UserRole::Admin)]
pub async fn delete_chapter(
    admin: Authorized<roles::Admin>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<NoContent, ApiError> {
    content.delete(&admin, id).await?;
    Ok(NoContent)
}
