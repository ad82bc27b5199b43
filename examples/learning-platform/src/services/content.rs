//! Business logic of chapters, with the permissions to write, publish, read and delete them.

use std::sync::Arc;

use inject_runtime::{Authorized, Inject, Role as _, service};
use jiff::Timestamp;

use super::{
    ServiceError,
    jobs::{Job, JobQueue},
};
use crate::{
    core::{
        page::{ListPage, Page},
        security::{ActiveUser, UserRole, roles},
    },
    db::UnitOfWork,
    models::content::{
        Chapter, ChapterChanges, ChapterFilter, GradeLevels, ListedChapter, NewChapter, OpenChapter,
    },
    repositories::content::{ChapterQuery, ContentRepository, Drafts},
};

/// Service that manages the chapters of the book.
///
/// Methods that change chapters take a proof of the role instead of a user, so they cannot be called without a check
/// of the role.
#[service(scope = request)]
pub struct ContentService {
    chapters: ContentRepository,
    queue: Inject<Arc<dyn JobQueue>>,
    unit: UnitOfWork,
}

/// Content of a chapter.
#[derive(Clone, Debug)]
pub struct ChapterText {
    /// Title of the chapter.
    pub title: String,
    /// Summary in one or two sentences.
    pub summary: String,
    /// Text of the chapter.
    pub body: String,
    /// Grade that the chapter is written for.
    pub grade_level: i64,
}

impl ContentService {
    /// Returns the chapters that match `filter` and are visible to the reader, with the reading progress.
    ///
    /// Students get the chapters of their grade by default. If they request all grades, their own grade comes first.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn list(
        &mut self,
        reader: &ActiveUser,
        filter: &ChapterFilter,
        page: Page,
    ) -> Result<ListPage<ListedChapter>, ServiceError> {
        let own = reader.0.grade_level;
        let (grade_level, first) = match filter.grade_levels {
            GradeLevels::Suitable => (own, None),
            GradeLevels::All => (None, own),
            GradeLevels::Only(grade_level) => (Some(grade_level), None),
        };
        let query = ChapterQuery {
            reader_id: reader.0.id,
            drafts: visible_drafts(reader),
            grade_level,
            first,
            author_id: filter.author_id,
            published: filter.published,
            search: filter.search.as_deref(),
            order: filter.order,
        };
        Ok(self.chapters.list(&query, page).await?)
    }

    /// Returns a chapter with the progress of the reader.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the chapter does not exist or is not visible to the reader.
    pub async fn open(&mut self, reader: &ActiveUser, id: i64) -> Result<OpenChapter, ServiceError> {
        let found = self.chapters.open(id, reader.0.id).await?;
        found.filter(|found| visible_drafts(reader).includes(&found.chapter)).ok_or(not_found(id))
    }

    /// Adds a draft, which is visible only to its author and to admins.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Storage`] if the database fails.
    pub async fn write(
        &mut self,
        author: &Authorized<roles::Teacher>,
        text: ChapterText,
    ) -> Result<OpenChapter, ServiceError> {
        let ChapterText { title, summary, body, grade_level } = text;
        let new = NewChapter { author_id: author.0.id, title, summary, body, grade_level };
        let chapter = self.chapters.insert(&new, Timestamp::now()).await?;
        Ok(OpenChapter { chapter, author_name: author.0.name.clone(), progress: None })
    }

    /// Changes a chapter if `revision` is still its current revision.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::Conflict`] if the chapter was changed in the meantime, [`ServiceError::NotFound`] if
    /// it does not exist, and [`ServiceError::Forbidden`] if it belongs to another teacher.
    pub async fn revise(
        &mut self,
        author: &Authorized<roles::Teacher>,
        id: i64,
        revision: i64,
        changes: ChapterChanges,
    ) -> Result<OpenChapter, ServiceError> {
        let old = self.lock_for(author, id).await?;
        let revised = Chapter {
            title: changes.title.unwrap_or(old.title),
            summary: changes.summary.unwrap_or(old.summary),
            body: changes.body.unwrap_or(old.body),
            grade_level: changes.grade_level.unwrap_or(old.grade_level),
            revision,
            ..old
        };
        let updated = self.chapters.update(&revised, Timestamp::now()).await?;
        let chapter = updated.ok_or(ServiceError::Conflict(
            "the chapter was changed in the meantime: read it again, and send its current revision",
        ))?;
        if chapter.is_published() {
            self.embed_after_commit(id);
        }
        self.open(author, id).await
    }

    /// Publishes a chapter. The call is idempotent.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the chapter does not exist, and [`ServiceError::Forbidden`] if it
    /// belongs to another teacher.
    pub async fn publish(
        &mut self,
        author: &Authorized<roles::Teacher>,
        id: i64,
    ) -> Result<OpenChapter, ServiceError> {
        let chapter = self.lock_for(author, id).await?;
        if !chapter.is_published() {
            self.chapters.publish(id, Timestamp::now()).await?;
            self.embed_after_commit(id);
        }
        self.open(author, id).await
    }

    /// Unpublishes a chapter: students can no longer read it. Their progress is kept.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the chapter does not exist, and [`ServiceError::Forbidden`] if it
    /// belongs to another teacher.
    pub async fn unpublish(
        &mut self,
        author: &Authorized<roles::Teacher>,
        id: i64,
    ) -> Result<OpenChapter, ServiceError> {
        let chapter = self.lock_for(author, id).await?;
        if chapter.is_published() {
            self.chapters.unpublish(id).await?;
            self.embed_after_commit(id);
        }
        self.open(author, id).await
    }

    /// Deletes a chapter with the reading progress of all users. The proof is not used otherwise: its existence is
    /// sufficient.
    ///
    /// # Errors
    ///
    /// Returns [`ServiceError::NotFound`] if the chapter does not exist.
    pub async fn delete(&mut self, _by: &Authorized<roles::Admin>, id: i64) -> Result<(), ServiceError> {
        if !self.chapters.delete(id).await? {
            return Err(not_found(id));
        }
        self.embed_after_commit(id);
        Ok(())
    }

    /// Locks the chapter if `author` may change it.
    async fn lock_for(&mut self, author: &ActiveUser, id: i64) -> Result<Chapter, ServiceError> {
        let chapter = self.chapters.lock(id).await?;
        let chapter =
            chapter.filter(|chapter| visible_drafts(author).includes(chapter)).ok_or(not_found(id))?;
        if chapter.author_id != author.0.id && !UserRole::Admin.is_granted_to(author) {
            return Err(ServiceError::Forbidden("only the author and admins can change a chapter"));
        }
        Ok(chapter)
    }

    /// Adds a job that updates the vector store after the commit, when the change is visible to others. If the job is
    /// lost, the chapter remains [stale](crate::repositories::embedding::EmbeddingRepository::stale), so a worker
    /// adds the job again.
    fn embed_after_commit(&mut self, chapter_id: i64) {
        let queue = self.queue.clone();
        self.unit.on_commit(async move {
            if let Err(error) = queue.add(Job::EmbedChapter { chapter_id }).await {
                tracing::error!(
                    chapter_id,
                    error = &error as &dyn std::error::Error,
                    "cannot queue a chapter for embedding"
                );
            }
        });
    }
}

/// Returns the drafts that are visible to a user.
pub(super) fn visible_drafts(reader: &ActiveUser) -> Drafts {
    if UserRole::Admin.is_granted_to(reader) {
        Drafts::All
    } else if UserRole::Teacher.is_granted_to(reader) {
        Drafts::ByAuthor(reader.0.id)
    } else {
        Drafts::Hidden
    }
}

pub(super) const fn not_found(id: i64) -> ServiceError {
    ServiceError::NotFound { kind: "chapter", id }
}
