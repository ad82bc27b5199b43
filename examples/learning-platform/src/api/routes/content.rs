//! Chapters. What they look like differs between the versions; what may be done with them does not.

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

/// Version 1: a chapter is flat, and has the number of its author.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![list_chapters, create_chapter, get_chapter, update_chapter, publish_chapter, unpublish_chapter]
        .merge(of_all_versions())
}

/// Version 2: a chapter has its author, how long it takes to read it, and how far the reader is.
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
    .merge(of_all_versions())
}

fn of_all_versions() -> Routes<App> {
    routes![delete_chapter]
}

/// The chapters that there are for you, and how far you are in each.
///
/// Students get what is written for their grade, unless they ask for `grade_level=all`; and then theirs comes first.
///
/// # Errors
///
/// A parameter is not what it should be.
#[get("/chapters", authenticated = ActiveUser)]
pub async fn list_chapters(
    reader: ActiveUser,
    filter: ChapterFilter,
    page: Page,
    mut content: ContentService,
) -> Result<Json<PageOf<ChapterItem>>, ApiError> {
    let list = content.list(&reader, &filter, page).await?;
    Ok(Json(PageOf::new(list.map(Into::into), page)))
}

/// The chapters that there are for you, and how far you are in each.
///
/// Students get what is written for their grade, unless they ask for `grade_level=all`; and then theirs comes first.
///
/// # Errors
///
/// A parameter is not what it should be.
#[get("/chapters", authenticated = ActiveUser)]
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
/// A field is not what it should be.
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
/// A field is not what it should be.
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

/// A chapter, with its text.
///
/// # Errors
///
/// There is no such chapter, or none that you may know of.
#[get("/chapters/{id}", authenticated = ActiveUser)]
pub async fn get_chapter(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.open(&reader, id).await?.into()))
}

/// A chapter, with its text.
///
/// # Errors
///
/// There is no such chapter, or none that you may know of.
#[get("/chapters/{id}", authenticated = ActiveUser)]
pub async fn get_chapter_v2(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.open(&reader, id).await?.into()))
}

/// Changes a chapter of yours, if nobody else has changed it since the revision that you have read. Admins may change every chapter.
///
/// # Errors
///
/// There is a later revision, or it is somebody else's.
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

/// Changes a chapter of yours, if nobody else has changed it since the revision that you have read. Admins may change every chapter.
///
/// # Errors
///
/// There is a later revision, or it is somebody else's.
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

/// Lets students read a chapter of yours. To do so again changes nothing.
///
/// # Errors
///
/// There is no such chapter, or it is somebody else's.
#[post("/chapters/{id}/publish")]
#[require_role(UserRole::Teacher)]
pub async fn publish_chapter(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.publish(&author, id).await?.into()))
}

/// Lets students read a chapter of yours. To do so again changes nothing.
///
/// # Errors
///
/// There is no such chapter, or it is somebody else's.
#[post("/chapters/{id}/publish")]
#[require_role(UserRole::Teacher)]
pub async fn publish_chapter_v2(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.publish(&author, id).await?.into()))
}

/// Takes a chapter of yours back: students cannot read it any more.
///
/// # Errors
///
/// There is no such chapter, or it is somebody else's.
#[post("/chapters/{id}/unpublish")]
#[require_role(UserRole::Teacher)]
pub async fn unpublish_chapter(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponse>, ApiError> {
    Ok(Json(content.unpublish(&author, id).await?.into()))
}

/// Takes a chapter of yours back: students cannot read it any more.
///
/// # Errors
///
/// There is no such chapter, or it is somebody else's.
#[post("/chapters/{id}/unpublish")]
#[require_role(UserRole::Teacher)]
pub async fn unpublish_chapter_v2(
    author: Authorized<roles::Teacher>,
    Path(id): Path<i64>,
    mut content: ContentService,
) -> Result<Json<ChapterResponseV2>, ApiError> {
    Ok(Json(content.unpublish(&author, id).await?.into()))
}

/// Deletes a chapter, and how far anybody has read it.
///
/// # Errors
///
/// There is no such chapter.
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
