//! How far readers are.

use inject_runtime::service;
use jiff::Timestamp;

use super::{
    ServiceError,
    content::{drafts_shown_to, unknown},
};
use crate::{
    core::{
        page::{Listed, Page},
        security::ActiveUser,
    },
    models::progress::{Progress, ReadChapter},
    repositories::{
        StorageError, activity::ActivityRepository, content::ContentRepository, progress::ProgressRepository,
    },
};

/// Keeps track of how far readers are.
///
/// Three repositories, and one transaction: what one of them has written is not there if another one fails.
#[service(scope = request)]
pub struct ProgressService {
    activity: ActivityRepository,
    chapters: ContentRepository,
    progress: ProgressRepository,
}

impl ProgressService {
    /// Notes that a reader has come to `percent` of a chapter, and that they have read today. It never goes back.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] if there is no such chapter, or the reader may not know of it: then they have not read, either.
    pub async fn advance(
        &mut self,
        reader: &ActiveUser,
        chapter_id: i64,
        percent: i64,
    ) -> Result<Progress, ServiceError> {
        let now = Timestamp::now();
        // A write comes first: SQLite does not let a transaction write that has read what others have changed since.
        self.activity.record(reader.0.id, now).await?;
        let chapter = self.chapters.find(chapter_id).await?;
        if !chapter.is_some_and(|it| drafts_shown_to(reader).show(&it)) {
            return Err(unknown(chapter_id));
        }
        let advanced = self.progress.advance(reader.0.id, chapter_id, percent, now).await;
        advanced.map_err(|error| match error {
            // Deleted a moment ago.
            StorageError::Conflict(_) => unknown(chapter_id),
            error => error.into(),
        })
    }

    /// What a reader has begun, the latest first.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn list(
        &mut self,
        reader: &ActiveUser,
        page: Page,
    ) -> Result<Listed<ReadChapter>, ServiceError> {
        Ok(self.progress.list(reader.0.id, page).await?)
    }
}
