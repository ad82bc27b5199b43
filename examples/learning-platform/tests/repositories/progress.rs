//! Tests of reading progress, reading days and the dashboard.

use jiff::Timestamp;
use learning_platform::{
    core::{page::Page, security::UserRole},
    db::Tx,
    models::{content::NewChapter, progress::ProgressSummary},
    repositories::{
        StorageError, activity::ActivityRepository, content::ContentRepository,
        dashboard::DashboardRepository, progress::ProgressRepository,
    },
};
use sqlx::AnyPool;

use crate::{
    on_each_database,
    support::{Database, insert_user},
};

const DAY: i64 = 24 * 60 * 60;

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

/// Creates and publishes chapters of these grades.
async fn create_chapters(pool: &AnyPool, author_id: i64, grades: &[i64]) -> Vec<i64> {
    Tx::run(pool, async |tx| {
        let mut content = ContentRepository::new(tx.clone());
        let mut ids = Vec::new();
        for (number, &grade_level) in (0..).zip(grades) {
            let title = format!("Chapter {number}");
            let new = NewChapter { author_id, title, summary: "S".into(), body: "B".into(), grade_level };
            let id = content.insert(&new, at(number)).await.unwrap().id;
            content.publish(id, at(number)).await.unwrap();
            ids.push(id);
        }
        Ok::<_, sqlx::Error>(ids)
    })
    .await
    .unwrap()
}

on_each_database! {
    async fn progress_never_decreases(db: Database) {
        let reader = insert_user(&db, "ada", UserRole::Student, Some(7)).await.id;
        let id = create_chapters(&db.pool, reader, &[7]).await[0];
        let mut progress = ProgressRepository::new(Tx::new(db.pool.clone()));
        let mut seen = Vec::new();
        for (second, percent) in [(10, 40), (20, 30), (30, 100), (40, 100), (50, 0)] {
            let reached = progress.advance(reader, id, percent, at(second)).await.unwrap();
            assert_eq!((reached.user_id, reached.chapter_id, reached.updated_at), (reader, id, at(second)));
            assert_eq!(progress.find(reader, id).await.unwrap().as_ref(), Some(&reached));
            seen.push((reached.percent, reached.completed_at));
        }
        let end = Some(at(30));
        assert_eq!(seen, [(40, None), (40, None), (100, end), (100, end), (100, end)]);
        assert_eq!(progress.readers(id).await.unwrap(), (1, 1));
    }

    async fn progress_in_a_missing_chapter_is_a_conflict(db: Database) {
        let reader = insert_user(&db, "ada", UserRole::Student, Some(7)).await.id;
        let mut progress = ProgressRepository::new(Tx::new(db.pool.clone()));
        let error = progress.advance(reader, 7, 10, at(0)).await.unwrap_err();
        assert!(matches!(error, StorageError::Conflict(_)), "{error:?}");
    }

    async fn started_chapters_are_listed_most_recent_first(db: Database) {
        let (ada, ben) = (insert_user(&db, "ada", UserRole::Student, Some(7)).await.id, insert_user(&db, "ben", UserRole::Student, Some(7)).await.id);
        let ids = create_chapters(&db.pool, ada, &[7, 8, 9]).await;
        let tx = Tx::new(db.pool.clone());
        let mut progress = ProgressRepository::new(tx.clone());
        for (second, id) in [(30, ids[0]), (50, ids[1]), (40, ids[2])] {
            progress.advance(ada, id, 10, at(second)).await.unwrap();
        }
        progress.advance(ben, ids[0], 100, at(60)).await.unwrap();
        let listed = progress.list(ada, Page { limit: 2, offset: 0 }).await.unwrap();
        let read: Vec<_> = listed.items.iter().map(|item| (item.progress.chapter_id, &*item.title, item.grade_level)).collect();
        assert_eq!((listed.total, &*read), (3, &[(ids[1], "Chapter 1", 8), (ids[2], "Chapter 2", 9)][..]));
        assert_eq!(progress.readers(ids[0]).await.unwrap(), (2, 1));

        ContentRepository::new(tx).unpublish(ids[1]).await.unwrap();
        assert_eq!(progress.list(ada, Page::default()).await.unwrap().total, 2, "an unpublished chapter is not listed");
    }

    async fn the_summary_counts_published_chapters(db: Database) {
        let reader = insert_user(&db, "ada", UserRole::Student, Some(7)).await.id;
        let ids = create_chapters(&db.pool, reader, &[7, 7, 7, 7]).await;
        let dashboard = DashboardRepository::new(db.pool.clone());
        assert_eq!(dashboard.summary(reader, at(0)).await.unwrap(), ProgressSummary::default());
        Tx::run(&db.pool, async |tx| {
            let mut progress = ProgressRepository::new(tx.clone());
            for (id, percent) in [(ids[0], 100), (ids[1], 50), (ids[2], 0), (ids[3], 80)] {
                progress.advance(reader, id, percent, at(0)).await.unwrap();
            }
            ContentRepository::new(tx.clone()).unpublish(ids[3]).await.unwrap();
            let mut activity = ActivityRepository::new(tx.clone());
            // Two records on one day, one seven days ago, and one six days ago.
            for day in [0, 0, -7, -6] {
                activity.record(reader, at(day * DAY)).await.unwrap();
            }
            Ok::<_, sqlx::Error>(())
        })
        .await
        .unwrap();
        let summary = dashboard.summary(reader, at(0)).await.unwrap();
        assert_eq!(summary, ProgressSummary { started: 3, completed: 1, average_percent: 50, days_read: 2 });
    }

    async fn started_chapters_come_next(db: Database) {
        let reader = insert_user(&db, "ada", UserRole::Student, Some(7)).await.id;
        let ids = create_chapters(&db.pool, reader, &[7, 7, 8, 7, 7]).await;
        Tx::run(&db.pool, async |tx| {
            let mut progress = ProgressRepository::new(tx.clone());
            progress.advance(reader, ids[0], 100, at(10)).await.unwrap();
            progress.advance(reader, ids[3], 10, at(20)).await.unwrap();
            progress.advance(reader, ids[4], 10, at(30)).await.unwrap();
            Ok::<_, sqlx::Error>(())
        })
        .await
        .unwrap();
        let dashboard = DashboardRepository::new(db.pool.clone());
        let ids_of = |list: Vec<learning_platform::models::content::ListedChapter>| list.iter().map(|chapter| chapter.id).collect::<Vec<_>>();
        let next = dashboard.next(reader, Some(7), 5).await.unwrap();
        assert_eq!(next[0].progress.as_ref().map(|progress| progress.percent), Some(10));
        assert_eq!(ids_of(next), [ids[4], ids[3], ids[1]]);
        assert_eq!(ids_of(dashboard.next(reader, None, 5).await.unwrap()), [ids[4], ids[3], ids[1], ids[2]]);
        assert_eq!(ids_of(dashboard.next(reader, Some(7), 1).await.unwrap()), [ids[4]]);
        assert_eq!(ids_of(dashboard.recent(reader, 2).await.unwrap()), [ids[4], ids[3]]);
    }
}
