//! How far readers are, and what they see first.

use inject_runtime::{Inject, Routes, get, put, routes};

use crate::{
    api::{
        errors::ApiError,
        extract::{Json, Path},
    },
    app::App,
    core::{page::Page, security::ActiveUser},
    schemas::{
        PageOf,
        content::{ChapterItem, ChapterItemV2},
        progress::{DashboardResponse, ProgressRequest, ProgressResponse, ReadChapterResponse},
    },
    services::{dashboard::DashboardService, progress::ProgressService},
};

/// Version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![get_dashboard].merge(of_all_versions())
}

/// Version 2: the dashboard has chapters as that version has them.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![get_dashboard_v2].merge(of_all_versions())
}

fn of_all_versions() -> Routes<App> {
    routes![put_progress, list_progress]
}

/// Notes how far you are in a chapter, and that you have read today. It never goes back.
///
/// # Errors
///
/// There is no such chapter, or none that you may know of.
#[put("/chapters/{id}/progress", authenticated = ActiveUser)]
pub async fn put_progress(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut progress: ProgressService,
    Json(reached): Json<ProgressRequest>,
) -> Result<Json<ProgressResponse>, ApiError> {
    Ok(Json(progress.advance(&reader, id, reached.percent).await?.into()))
}

/// What you have begun, the latest first.
///
/// # Errors
///
/// A parameter is not what it should be.
#[get("/progress", authenticated = ActiveUser)]
pub async fn list_progress(
    reader: ActiveUser,
    page: Page,
    mut progress: ProgressService,
) -> Result<Json<PageOf<ReadChapterResponse>>, ApiError> {
    let list = progress.list(&reader, page).await?;
    Ok(Json(PageOf::new(list.map(Into::into), page)))
}

/// What you see first: what you have read in numbers, what to read next, and what is new.
///
/// # Errors
///
/// The database is not available.
#[get("/dashboard", authenticated = ActiveUser)]
pub async fn get_dashboard(
    reader: ActiveUser,
    Inject(dashboard): Inject<DashboardService>,
) -> Result<Json<DashboardResponse<ChapterItem>>, ApiError> {
    Ok(Json(dashboard.of(&reader).await?.into()))
}

/// What you see first: what you have read in numbers, what to read next, and what is new.
///
/// # Errors
///
/// The database is not available.
#[get("/dashboard", authenticated = ActiveUser)]
pub async fn get_dashboard_v2(
    reader: ActiveUser,
    Inject(dashboard): Inject<DashboardService>,
) -> Result<Json<DashboardResponse<ChapterItemV2>>, ApiError> {
    Ok(Json(dashboard.of(&reader).await?.into()))
}
