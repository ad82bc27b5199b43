//! Chapters: who may do what, and what follows.

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
    support::{Database, TestApp, a_user},
};

/// A queue that only remembers.
#[service]
pub(crate) struct RecordingQueue {
    #[init]
    jobs: Mutex<Vec<Job>>,
}

impl RecordingQueue {
    /// The chapters that were put into it since the last time.
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
        let user = async |name, role, grade| ActiveUser(a_user(db, name, role, grade).await);
        Self {
            app,
            queue,
            admin: Authorized::check(user("admin", UserRole::Admin, None).await).unwrap(),
            ada: Authorized::check(user("ada", UserRole::Teacher, None).await).unwrap(),
            ben: Authorized::check(user("ben", UserRole::Teacher, None).await).unwrap(),
            student: user("student", UserRole::Student, Some(7)).await,
        }
    }

    /// A unit of work of its own: what a request would be.
    async fn content<R>(
        &self,
        work: impl AsyncFnOnce(&mut ContentService) -> Result<R, ServiceError>,
    ) -> Result<R, ServiceError> {
        let work = async |mut content: ContentService| Ok::<_, BoxError>(work(&mut content).await?);
        // What a service says is what is asked about; a scope that fails is the end of the test.
        RequestScope::of(&self.app)
            .run(work)
            .await
            .map_err(|error| *error.downcast::<ServiceError>().expect("a service that fails"))
    }

    async fn chapter(&self, title: &str, grade_level: i64) -> i64 {
        let text = ChapterText {
            title: title.into(),
            summary: "About something.".into(),
            body: "Text.".into(),
            grade_level,
        };
        self.content(async |it| Ok(it.write(&self.ada, text).await?.chapter.id)).await.unwrap()
    }

    async fn published(&self, title: &str, grade_level: i64) -> i64 {
        let id = self.chapter(title, grade_level).await;
        self.content(async |it| it.publish(&self.ada, id).await).await.unwrap();
        assert_eq!(self.queue.take(), [id]);
        id
    }
}

fn titled(title: &str) -> ChapterChanges {
    ChapterChanges { title: Some(title.into()), ..ChapterChanges::default() }
}

on_each_database! {
    async fn a_draft_is_for_its_author_and_admins(db: Database) {
        let school = School::new(&db).await;
        let id = school.chapter("Light", 7).await;
        for (reader, sees) in [(&*school.ada, true), (&*school.admin, true), (&*school.ben, false), (&school.student, false)] {
            let opened = school.content(async |it| it.open(reader, id).await).await;
            assert_eq!(opened.is_ok(), sees, "{}", reader.0.name);
            let listed = school.content(async |it| it.list(reader, &ChapterFilter::default(), Page::default()).await).await;
            assert_eq!(listed.unwrap().total, i64::from(sees), "{}", reader.0.name);
        }
        let error = school.content(async |it| it.publish(&school.ben, id).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::NotFound { what: "chapter", .. }), "not even that there is one: {error:?}");
        assert!(school.queue.take().is_empty(), "nobody can read a draft, so nobody looks for it");
    }

    async fn only_the_author_and_admins_change_a_chapter(db: Database) {
        let school = School::new(&db).await;
        let id = school.published("Light", 7).await;
        for work in [
            school.content(async |it| it.revise(&school.ben, id, 1, titled("Ben's")).await).await,
            school.content(async |it| it.unpublish(&school.ben, id).await).await,
            school.content(async |it| it.publish(&school.ben, id).await).await,
        ] {
            assert!(matches!(work.unwrap_err(), ServiceError::Forbidden(_)));
        }
        let admin = Authorized::check((*school.admin).clone()).unwrap();
        let revised = school.content(async |it| it.revise(&admin, id, 1, titled("Light and shade")).await).await.unwrap();
        assert_eq!((&*revised.chapter.title, revised.chapter.revision, &*revised.author_name), ("Light and shade", 2, "ada"));
        assert_eq!((&*revised.chapter.body, revised.chapter.grade_level), ("Text.", 7), "what is left out stays");
        assert_eq!(school.queue.take(), [id]);
    }

    async fn a_change_of_what_has_changed_is_a_conflict(db: Database) {
        let school = School::new(&db).await;
        let id = school.published("Light", 7).await;
        school.content(async |it| it.revise(&school.ada, id, 1, titled("First")).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        let error = school.content(async |it| it.revise(&school.ada, id, 1, titled("Second")).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::Conflict(_)), "{error:?}");
        assert!(school.queue.take().is_empty());
        let open = school.content(async |it| it.open(&school.student, id).await).await.unwrap();
        assert_eq!((&*open.chapter.title, open.chapter.revision), ("First", 2));
    }

    async fn the_index_follows_what_students_can_read(db: Database) {
        let school = School::new(&db).await;
        let id = school.published("Light", 7).await;
        school.content(async |it| it.publish(&school.ada, id).await).await.unwrap();
        assert!(school.queue.take().is_empty(), "it was published already");
        school.content(async |it| it.unpublish(&school.ada, id).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        school.content(async |it| it.revise(&school.ada, id, 1, titled("Shade")).await).await.unwrap();
        assert!(school.queue.take().is_empty(), "a draft again");
        school.content(async |it| it.delete(&school.admin, id).await).await.unwrap();
        assert_eq!(school.queue.take(), [id]);
        let error = school.content(async |it| it.delete(&school.admin, id).await).await.unwrap_err();
        assert!(matches!(error, ServiceError::NotFound { .. }));
        assert!(school.queue.take().is_empty());
    }

    async fn what_is_rolled_back_is_not_queued(db: Database) {
        let school = School::new(&db).await;
        let id = school.chapter("Light", 7).await;
        let result = school.content(async |it| {
            it.publish(&school.ada, id).await?;
            it.open(&school.ada, 0).await
        })
        .await;
        assert!(matches!(result.unwrap_err(), ServiceError::NotFound { id: 0, .. }));
        assert!(school.queue.take().is_empty());
        let open = school.content(async |it| it.open(&school.ada, id).await).await.unwrap();
        assert!(!open.chapter.is_published());
    }

    async fn students_get_what_is_for_their_grade(db: Database) {
        let school = School::new(&db).await;
        for (title, grade) in [("Fractions", 5), ("Light", 7), ("Waves", 9), ("Plants", 7)] {
            school.published(title, grade).await;
        }
        let titles = async |reader: &ActiveUser, grade_levels| {
            let filter = ChapterFilter { grade_levels, ..ChapterFilter::default() };
            let listed = school.content(async |it| it.list(reader, &filter, Page::default()).await).await.unwrap();
            listed.items.into_iter().map(|it| it.title).collect::<Vec<_>>()
        };
        assert_eq!(titles(&school.student, GradeLevels::Suitable).await, ["Light", "Plants"]);
        assert_eq!(titles(&school.student, GradeLevels::All).await, ["Light", "Plants", "Fractions", "Waves"]);
        assert_eq!(titles(&school.student, GradeLevels::Only(9)).await, ["Waves"]);
        assert_eq!(titles(&school.ben, GradeLevels::Suitable).await, ["Fractions", "Light", "Waves", "Plants"]);
    }

    /// Three repositories, one transaction: who reads what is not there has not read.
    async fn progress_is_all_or_nothing(db: Database) {
        let school = School::new(&db).await;
        let (draft, id) = (school.chapter("Shade", 7).await, school.published("Light", 7).await);
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
