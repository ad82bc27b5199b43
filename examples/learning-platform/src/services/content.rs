//! Chapters: who may write, publish, read and delete them.

use std::sync::Arc;

use inject_runtime::{Authorized, Inject, Role as _, service};
use jiff::Timestamp;

use super::{
    ServiceError,
    jobs::{Job, JobQueue},
};
use crate::{
    core::{
        page::{Listed, Page},
        security::{ActiveUser, UserRole, roles},
    },
    db::Tx,
    models::content::{
        Chapter, ChapterChanges, ChapterFilter, GradeLevels, ListedChapter, NewChapter, OpenChapter,
    },
    repositories::content::{ChapterQuery, ContentRepository, Drafts},
};

/// The book.
///
/// Methods that change it ask for a proof, and not for a user: they cannot be called where the role was not checked.
#[service(scope = request)]
pub struct ContentService {
    chapters: ContentRepository,
    queue: Inject<Arc<dyn JobQueue>>,
    tx: Tx,
}

/// What a chapter consists of.
#[derive(Clone, Debug)]
pub struct ChapterText {
    /// Its heading.
    pub title: String,
    /// What it is about.
    pub summary: String,
    /// The text.
    pub body: String,
    /// The grade that it is written for.
    pub grade_level: i64,
}

impl ContentService {
    /// The chapters that `filter` lets through, as far as the reader may know of them, each with how far they are.
    ///
    /// Students get what is written for their grade, unless they ask for more; and then theirs comes first.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
    pub async fn list(
        &mut self,
        reader: &ActiveUser,
        filter: &ChapterFilter,
        page: Page,
    ) -> Result<Listed<ListedChapter>, ServiceError> {
        let own = reader.0.grade_level;
        let (grade_level, first) = match filter.grade_levels {
            GradeLevels::Suitable => (own, None),
            GradeLevels::All => (None, own),
            GradeLevels::Only(grade_level) => (Some(grade_level), None),
        };
        let query = ChapterQuery {
            reader_id: reader.0.id,
            drafts: drafts_shown_to(reader),
            grade_level,
            first,
            author_id: filter.author_id,
            published: filter.published,
            search: filter.search.as_deref(),
            order: filter.order,
        };
        Ok(self.chapters.list(&query, page).await?)
    }

    /// A chapter, and how far the reader is in it.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`] if there is none, or the reader may not know of it.
    pub async fn open(&mut self, reader: &ActiveUser, id: i64) -> Result<OpenChapter, ServiceError> {
        let found = self.chapters.open(id, reader.0.id).await?;
        found.filter(|it| drafts_shown_to(reader).show(&it.chapter)).ok_or(unknown(id))
    }

    /// Adds a chapter, which nobody but its author and admins can see yet.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Storage`].
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

    /// Changes a chapter that is still as it was in that revision.
    ///
    /// # Errors
    ///
    /// [`ServiceError::Conflict`] if somebody else has changed it since; [`ServiceError::NotFound`]; [`ServiceError::Forbidden`] if
    /// it is another teacher's.
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
            "the chapter has been changed meanwhile: read it again, and send the revision that it has now",
        ))?;
        if chapter.is_published() {
            self.embed_after_commit(id);
        }
        self.open(author, id).await
    }

    /// Lets students read a chapter. To do so again changes nothing.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`]; [`ServiceError::Forbidden`] if it is another teacher's.
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

    /// Takes a chapter back: students cannot read it any more. How far they are is kept.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`]; [`ServiceError::Forbidden`] if it is another teacher's.
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

    /// Deletes a chapter, and how far anybody has read it. The proof is not looked at: that there is one is enough.
    ///
    /// # Errors
    ///
    /// [`ServiceError::NotFound`].
    pub async fn delete(&mut self, _by: &Authorized<roles::Admin>, id: i64) -> Result<(), ServiceError> {
        if !self.chapters.delete(id).await? {
            return Err(unknown(id));
        }
        self.embed_after_commit(id);
        Ok(())
    }

    /// Locks the chapter for `author`, if they may change it.
    async fn lock_for(&mut self, author: &ActiveUser, id: i64) -> Result<Chapter, ServiceError> {
        let chapter = self.chapters.lock(id).await?;
        let chapter = chapter.filter(|it| drafts_shown_to(author).show(it)).ok_or(unknown(id))?;
        if chapter.author_id != author.0.id && !UserRole::Admin.is_granted_to(author) {
            return Err(ServiceError::Forbidden("only its author and admins can change a chapter"));
        }
        Ok(chapter)
    }

    /// Makes the index follow, once what was changed is there for others to see. If the job gets lost on the way there, it is still
    /// among those that are [stale](crate::repositories::embedding::EmbeddingRepository::stale).
    fn embed_after_commit(&mut self, chapter_id: i64) {
        let queue = self.queue.clone();
        self.tx.on_commit(async move {
            if let Err(error) = queue.add(Job::EmbedChapter { chapter_id }).await {
                tracing::error!(
                    chapter_id,
                    error = &error as &dyn std::error::Error,
                    "a chapter is not queued for embedding"
                );
            }
        });
    }
}

/// Which drafts somebody may see.
pub(super) fn drafts_shown_to(reader: &ActiveUser) -> Drafts {
    if UserRole::Admin.is_granted_to(reader) {
        Drafts::All
    } else if UserRole::Teacher.is_granted_to(reader) {
        Drafts::Of(reader.0.id)
    } else {
        Drafts::Hidden
    }
}

pub(super) const fn unknown(id: i64) -> ServiceError {
    ServiceError::NotFound { what: "chapter", id }
}
