//! Tests of the service of chapters: permissions and jobs.

use std::sync::{Arc, Mutex, PoisonError};

use inject_runtime::{Authorized, BoxError, RequestScope, service};
use learning_platform::{
    app::App,
    core::{
        page::Page,
        security::{ActiveUser, UserRole, roles},
    },
    models::content::{ChapterChanges, ChapterFilter, GradeLevels},
    services::{
        BoxFuture, ServiceError,
        content::{ChapterText, ContentService},
        jobs::{Job, JobQueue},
        progress::ProgressService,
    },
};

use crate::{
    on_each_database,
    support::{Database, TestApp, insert_user},
};

/// Queue that records its jobs.
#[service]
pub(crate) struct RecordingQueue {
    #[init]
    jobs: Mutex<Vec<Job>>,
}

impl RecordingQueue {
    /// Returns the chapters of the jobs that were added since the last call.
    pub(crate) fn take(&self) -> Vec<i64> {
        let jobs = std::mem::take(&mut *self.jobs.lock().unwrap_or_else(PoisonError::into_inner));
        jobs.into_iter().map(|Job::EmbedChapter { chapter_id }| chapter_id).collect()
    }
}

impl JobQueue for RecordingQueue {
    fn add(&self, job: Job) -> BoxFuture<'_, Result<(), ServiceError>> {
        Box::pin(async {
            self.jobs.lock().unwrap_or_else(PoisonError::into_inner).push(job);
            Ok(())
        })
    }
}

struct School {
    app: Arc<App>,
    queue: Arc<RecordingQueue>,
    admin: Authorized<roles::Admin>,
    ada: Authorized<roles::Teacher>,
    ben: Authorized<roles::Teacher>,
    student: ActiveUser,
}

impl School {
    async fn new(db: &Database) -> Self {
        let queue = Arc::new(RecordingQueue::new());
        let app = TestApp::with(db, |builder| builder.queue(queue.clone())).await.container;
        let user = async |name, role, grade| ActiveUser(insert_user(db, name, role, grade).await);
        Self {
            app,
            queue,
            admin: Authorized::check(user("admin", UserRole::Admin, None).await).unwrap(),
            ada: Authorized::check(user("ada", UserRole::Teacher, None).await).unwrap(),
            ben: Authorized::check(user("ben", UserRole::Teacher, None).await).unwrap(),
            student: user("student", UserRole::Student, Some(7)).await,
        }
    }

    /// Runs a unit of work, as a request would.
    async fn content<R>(
        &self,
        work: impl AsyncFnOnce(&mut ContentService) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        let work = async |mut content: ContentService| Ok::<_, BoxError>(work(&mut content).await?);
        // The error must come from the service. A failure of the scope fails the test.
        RequestScope::of(&self.app)
            .run(work)
            .await
            .map_err(|error| *error.downcast::<ServiceError>().expect("an error of the service"))
    }

    async fn create_draft(&self, title: &str, grade_level: i64) -> i64 {
        let text = ChapterText {
            title: title.into(),
            summary: "About something.".into(),
            body: "Text.".into(),
            grade_level,
        };
        self.content(async |content| Ok(content.write(&self.ada, text).await?.chapter.id)).await.unwrap()
    }

    async fn create_published(&self, title: &str, grade_level: i64) -> i64 {
        let id = self.create_draft(title, grade_level).await;
        self.content(async |content| content.publish(&self.ada, id).await).await.unwrap();
        assert_eq!(self.queue.take(), [id]);
        id
    }
}

fn change_title(title: &str) -> ChapterChanges {
    ChapterChanges { title: Some(title.into()), ..ChapterChanges::default() }
}

on_each_database! {
    async fn a_draft_is_visible_only_to_its_author_and_admins(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_draft("Light", 7).await;
        for (reader, is_visible) in [(&*school.ada, true), (&*school.admin, true), (&*school.ben, false), (&school.student, false)] {
            let opened = school.content(async |content| content.open(reader, id).await).await;
            assert_eq!(opened.is_ok(), is_visible, "{}", reader.0.name);
            let listed = school.content(async |content| content.list(reader, &ChapterFilter::default(), Page::default()).await).await;
            assert_eq!(listed.unwrap().total, i64::from(is_visible), "{}", reader.0.name);
        }
        let error = school.content(async |content| content.publish(&school.ben, id).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::NotFound { kind: "chapter", .. }), "the error must not reveal that the draft exists: {error:?}");
        assert!(school.queue.take().is_empty(), "drafts are not embedded");
    }

    async fn only_the_author_and_admins_can_change_a_chapter(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_published("Light", 7).await;
        for work in [
            school.content(async |content| content.revise(&school.ben, id, 1, change_title("Ben's")).await).await,
            school.content(async |content| content.unpublish(&school.ben, id).await).await,
            school.content(async |content| content.publish(&school.ben, id).await).await,
        ] {
            assert!(matches!(work.unwrap_err(), ServiceError::Forbidden(_)));
        }
        let admin = Authorized::check((*school.admin).clone()).unwrap();
        let revised = school.content(async |content| content.revise(&admin, id, 1, change_title("Light and shade")).await).await.unwrap();
        assert_eq!((&*revised.chapter.title, revised.chapter.revision, &*revised.author_name), ("Light and shade", 2, "ada"));
        assert_eq!((&*revised.chapter.body, revised.chapter.grade_level), ("Text.", 7), "omitted fields are unchanged");
        assert_eq!(school.queue.take(), [id]);
    }

    async fn a_change_of_an_old_revision_is_a_conflict(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_published("Light", 7).await;
        school.content(async |content| content.revise(&school.ada, id, 1, change_title("First")).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        let error = school.content(async |content| content.revise(&school.ada, id, 1, change_title("Second")).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::Conflict(_)), "{error:?}");
        assert!(school.queue.take().is_empty());
        let open = school.content(async |content| content.open(&school.student, id).await).await.unwrap();
        assert_eq!((&*open.chapter.title, open.chapter.revision), ("First", 2));
    }

    async fn changes_of_published_chapters_are_queued_for_embedding(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_published("Light", 7).await;
        school.content(async |content| content.publish(&school.ada, id).await).await.unwrap();
        assert!(school.queue.take().is_empty(), "it was already published");
        school.content(async |content| content.unpublish(&school.ada, id).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        school.content(async |content| content.revise(&school.ada, id, 1, change_title("Shade")).await).await.unwrap();
        assert!(school.queue.take().is_empty(), "drafts are not embedded");
        school.content(async |content| content.delete(&school.admin, id).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        let error = school.content(async |content| content.delete(&school.admin, id).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::NotFound { .. }));
        assert!(school.queue.take().is_empty());
    }

    async fn a_rollback_queues_no_job(db: Database) {
        let school = School::new(&db).await;
        let id = school.create_draft("Light", 7).await;
        let result = school.content(async |content| {
            content.publish(&school.ada, id).await?;
            content.open(&school.ada, 0).await
        })
        .await;
        assert!(matches!(result.unwrap_err(), ServiceError::NotFound { id: 0, .. }));
        assert!(school.queue.take().is_empty());
        let open = school.content(async |content| content.open(&school.ada, id).await).await.unwrap();
        assert!(!open.chapter.is_published());
    }

    async fn students_get_the_chapters_of_their_grade(db: Database) {
        let school = School::new(&db).await;
        for (title, grade) in [("Fractions", 5), ("Light", 7), ("Waves", 9), ("Plants", 7)] {
            school.create_published(title, grade).await;
        }
        let titles = async |reader: &ActiveUser, grade_levels| {
            let filter = ChapterFilter { grade_levels, ..ChapterFilter::default() };
            let listed = school.content(async |content| content.list(reader, &filter, Page::default()).await).await.unwrap();
            listed.items.into_iter().map(|chapter| chapter.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(&school.student, GradeLevels::Suitable).await, ["Light", "Plants"]);
        assert_eq!(titles(&school.student, GradeLevels::All).await, ["Light", "Plants", "Fractions", "Waves"]);
        assert_eq!(titles(&school.student, GradeLevels::Only(9)).await, ["Waves"]);
        assert_eq!(titles(&school.ben, GradeLevels::Suitable).await, ["Fractions", "Light", "Waves", "Plants"]);
    }

    /// Three repositories share one transaction: if the chapter is not visible, the reading day is not recorded
    /// either.
    async fn progress_is_recorded_completely_or_not_at_all(db: Database) {
        let school = School::new(&db).await;
        let (draft, id) = (school.create_draft("Shade", 7).await, school.create_published("Light", 7).await);
        let advance = async |chapter, percent| {
            RequestScope::of(&school.app).run(async |mut progress: ProgressService| {
                Ok::<_, BoxError>(progress.advance(&school.student, chapter, percent).await?)
            })
            .await
        };
        let rows = async || {
            let query = "SELECT (SELECT COUNT(*) FROM reading_days), (SELECT COUNT(*) FROM progress)";
            sqlx::query_as::<_, (i64, i64)>(query).fetch_one(&db.pool).await.unwrap()
        };
        for unknown in [draft, 0] {
            let error = advance(unknown, 10).await.unwrap_err();
            assert!(matches!(error.downcast_ref(), Some(ServiceError::NotFound { .. })), "{error:?}");
            assert_eq!(rows().await, (0, 0));
        }
        assert_eq!(advance(id, 30).await.unwrap().percent, 30);
        assert_eq!(advance(id, 20).await.unwrap().percent, 30);
        assert_eq!(rows().await, (1, 1));
    }
}
