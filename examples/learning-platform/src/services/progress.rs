//! Business logic of reading progress.

use inject_runtime::service;
use jiff::Timestamp;

use super::{
    ServiceError,
    content::{not_found, visible_drafts},
};
use crate::{
    core::{
        page::{ListPage, Page},
        security::ActiveUser,
    },
    models::progress::{Progress, ReadChapter},
    repositories::{
        StorageError, activity::ActivityRepository, content::ContentRepository, progress::ProgressRepository,
    },
};

/// Service that manages reading progress.
///
/// It uses three repositories and one transaction: if one of them fails, the changes of the others are rolled back.
#[service(scope = request)]
pub struct ProgressService {
    activity: ActivityRepository,
    chapters: ContentRepository,
    progress: ProgressRepository,
}

impl ProgressService {
    /// Records that a reader has reached `percent` of a chapter, and today as a reading day. The progress never
    /// decreases.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the chapter does not exist or is not visible to the reader. The reading
    /// day is then not recorded either.
    pub async fn advance(
        &mut self,
        reader: &ActiveUser,
        chapter_id: i64,
        percent: i64,
    ) -> Result<Progress, ServiceError> {
        let now = Timestamp::now();
        let chapter = self.chapters.find(chapter_id).await?;
        if !chapter.is_some_and(|chapter| visible_drafts(reader).includes(&chapter)) {
            return Err(not_found(chapter_id));
        }
        self.activity.record(reader.0.id, now).await?;
        let advanced = self.progress.advance(reader.0.id, chapter_id, percent, now).await;
        advanced.map_err(|error| match error {
            // The chapter was deleted in the meantime.
            StorageError::Conflict(_) => not_found(chapter_id),
            error => error.into(),
        })
    }

    /// Returns the chapters that a reader has started, most recent first.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn list(
        &mut self,
        reader: &ActiveUser,
        page: Page,
    ) -> Result<ListPage<ReadChapter>, ServiceError> {
        Ok(self.progress.list(reader.0.id, page).await?)
    }
}
