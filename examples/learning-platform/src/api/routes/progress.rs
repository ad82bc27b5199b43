//! Endpoints for reading progress and the dashboard.

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

/// Returns the routes of version 1.
#[must_use]
pub fn v1() -> Routes<App> {
    routes![get_dashboard].merge(common_routes())
}

/// Returns the routes of version 2, whose dashboard contains chapters in the representation of that version.
#[must_use]
pub fn v2() -> Routes<App> {
    routes![get_dashboard_v2].merge(common_routes())
}

fn common_routes() -> Routes<App> {
    routes![put_progress, list_progress]
}

/// Records the reading progress in a chapter, and today as a reading day. The progress never decreases.
///
/// # Errors
///
/// The chapter does not exist or is not visible to the user.
#[put("/chapters/{id}/progress", authenticated)]
pub async fn put_progress(
    reader: ActiveUser,
    Path(id): Path<i64>,
    mut progress: ProgressService,
    Json(reached): Json<ProgressRequest>,
) -> Result<Json<ProgressResponse>, ApiError> {
    Ok(Json(progress.advance(&reader, id, reached.percent).await?.into()))
}

/// Lists the chapters that the user has started, most recent first.
///
/// # Errors
///
/// A parameter is invalid.
#[get("/progress", authenticated)]
pub async fn list_progress(
    reader: ActiveUser,
    page: Page,
    mut progress: ProgressService,
) -> Result<Json<PageOf<ReadChapterResponse>>, ApiError> {
    let list = progress.list(&reader, page).await?;
    Ok(Json(PageOf::new(list.map(Into::into), page)))
}

/// Returns the dashboard: statistics, chapters to read next, and new chapters.
///
/// # Errors
///
/// The database is not available.
#[get("/dashboard", authenticated)]
pub async fn get_dashboard(
    reader: ActiveUser,
    Inject(dashboard): Inject<DashboardService>,
) -> Result<Json<DashboardResponse<ChapterItem>>, ApiError> {
    Ok(Json(dashboard.load(&reader).await?.into()))
}

/// Returns the dashboard: statistics, chapters to read next, and new chapters.
///
/// # Errors
///
/// The database is not available.
#[get("/dashboard", authenticated)]
pub async fn get_dashboard_v2(
    reader: ActiveUser,
    Inject(dashboard): Inject<DashboardService>,
) -> Result<Json<DashboardResponse<ChapterItemV2>>, ApiError> {
    Ok(Json(dashboard.load(&reader).await?.into()))
}
