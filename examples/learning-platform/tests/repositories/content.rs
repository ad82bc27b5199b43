//! Tests of the repository of chapters.

use jiff::Timestamp;
use learning_platform::{
    core::{page::Page, security::UserRole},
    db::Tx,
    models::content::{Chapter, ChapterOrder, NewChapter},
    repositories::{
        content::{ChapterQuery, ContentRepository, Drafts},
        progress::ProgressRepository,
    },
};

use crate::{
    on_each_database,
    support::{Database, insert_user},
};

fn at(second: i64) -> Timestamp {
    Timestamp::from_second(1_700_000_000 + second).unwrap()
}

fn new(author_id: i64, title: &str, grade_level: i64) -> NewChapter {
    let (title, summary, body) = (title.to_owned(), format!("About {title}."), "Text.\n\nMore.".to_owned());
    NewChapter { author_id, title, summary, body, grade_level }
}

fn query_all(reader_id: i64) -> ChapterQuery<'static> {
    ChapterQuery {
        reader_id,
        drafts: Drafts::All,
        grade_level: None,
        first: None,
        author_id: None,
        published: None,
        search: None,
        order: ChapterOrder::Number,
    }
}

/// Book of four chapters by two authors. The last chapter is a draft.
struct Book {
    tx: Tx,
    content: ContentRepository,
    ada: i64,
    ben: i64,
    chapters: Vec<Chapter>,
}

impl Book {
    async fn new(db: &Database) -> Self {
        let (ada, ben) = (
            insert_user(db, "ada", UserRole::Teacher, None).await.id,
            insert_user(db, "ben", UserRole::Teacher, None).await.id,
        );
        let tx = Tx::new(db.pool.clone());
        let mut content = ContentRepository::new(tx.clone());
        let mut chapters = Vec::new();
        for (number, (author, title, grade)) in (0..).zip([
            (ada, "Fractions", 5),
            (ben, "Light", 7),
            (ada, "Light and 50% shade", 7),
            (ben, "Waves", 9),
        ]) {
            let mut chapter = content.insert(&new(author, title, grade), at(number)).await.unwrap();
            if title != "Waves" {
                chapter = content.publish(chapter.id, at(100)).await.unwrap().unwrap();
            }
            chapters.push(chapter);
        }
        Self { tx, content, ada, ben, chapters }
    }

    async fn titles(&mut self, query: &ChapterQuery<'_>) -> Vec<String> {
        let listed = self.content.list(query, Page::default()).await.unwrap();
        assert_eq!(listed.total, i64::try_from(listed.items.len()).unwrap());
        listed.items.into_iter().map(|chapter| chapter.title).collect()
    }
}

on_each_database! {
    async fn a_new_chapter_is_a_draft(db: Database) {
        let author = insert_user(&db, "ada", UserRole::Teacher, None).await.id;
        let mut content = ContentRepository::new(Tx::new(db.pool.clone()));
        let chapter = content.insert(&new(author, "Größe", 5), at(0)).await.unwrap();
        assert_eq!((chapter.revision, chapter.embedded, chapter.is_published()), (1, 0, false));
        assert_eq!((chapter.created_at, chapter.updated_at), (at(0), at(0)));
        assert_eq!(content.find(chapter.id).await.unwrap(), Some(chapter.clone()));
        assert_eq!(content.find(chapter.id + 1).await.unwrap(), None);
        assert_eq!(content.count().await.unwrap(), 1);
    }

    async fn a_change_of_an_old_revision_is_rejected(db: Database) {
        let mut book = Book::new(&db).await;
        let old = book.chapters[0].clone();
        let changed = Chapter { title: "Parts".into(), ..old.clone() };
        let updated = book.content.update(&changed, at(50)).await.unwrap().unwrap();
        assert_eq!((&*updated.title, updated.revision, updated.updated_at), ("Parts", 2, at(50)));
        assert_eq!((updated.created_at, updated.published_at), (old.created_at, old.published_at));
        // A change that is based on the first revision fails.
        assert_eq!(book.content.update(&old, at(60)).await.unwrap(), None);
        assert_eq!(book.content.find(old.id).await.unwrap(), Some(updated));
    }

    async fn publishing_twice_keeps_the_first_time(db: Database) {
        let mut book = Book::new(&db).await;
        let id = book.chapters[0].id;
        assert_eq!(book.content.publish(id, at(200)).await.unwrap().unwrap().published_at, Some(at(100)));
        assert_eq!(book.content.unpublish(id).await.unwrap().unwrap().published_at, None);
        assert_eq!(book.content.publish(id, at(200)).await.unwrap().unwrap().published_at, Some(at(200)));
        assert_eq!(book.content.publish(0, at(200)).await.unwrap(), None);
        assert_eq!(book.content.unpublish(0).await.unwrap(), None);
    }

    async fn lists_are_filtered(db: Database) {
        let mut book = Book::new(&db).await;
        let (ada, ben) = (book.ada, book.ben);
        let everything = ["Fractions", "Light", "Light and 50% shade", "Waves"];
        for (query, expected) in [
            (query_all(ada), &everything[..]),
            (ChapterQuery { drafts: Drafts::Hidden, ..query_all(ada) }, &everything[..3]),
            (ChapterQuery { drafts: Drafts::ByAuthor(ada), ..query_all(ada) }, &everything[..3]),
            (ChapterQuery { drafts: Drafts::ByAuthor(ben), ..query_all(ada) }, &everything[..]),
            (ChapterQuery { published: Some(true), ..query_all(ada) }, &everything[..3]),
            (ChapterQuery { published: Some(false), ..query_all(ada) }, &["Waves"]),
            (ChapterQuery { published: Some(false), drafts: Drafts::Hidden, ..query_all(ada) }, &[]),
            (ChapterQuery { grade_level: Some(7), ..query_all(ada) }, &everything[1..3]),
            (ChapterQuery { author_id: Some(ben), ..query_all(ada) }, &["Light", "Waves"]),
            (ChapterQuery { search: Some("LIGHT"), ..query_all(ada) }, &everything[1..3]),
            (ChapterQuery { search: Some("about waves"), ..query_all(ada) }, &["Waves"]),
            (ChapterQuery { search: Some("50%"), ..query_all(ada) }, &everything[2..3]),
            (ChapterQuery { search: Some("_"), ..query_all(ada) }, &[]),
            (ChapterQuery { search: Some(r"\"), ..query_all(ada) }, &[]),
            (ChapterQuery { search: Some("light"), author_id: Some(ada), ..query_all(ada) }, &everything[2..3]),
        ] {
            assert_eq!(book.titles(&query).await, expected, "{query:?}");
        }
    }

    async fn lists_are_sorted(db: Database) {
        let mut book = Book::new(&db).await;
        let first = Chapter { summary: "Parts of a whole.".into(), ..book.chapters[0].clone() };
        book.content.update(&first, at(50)).await.unwrap().unwrap();
        let query = query_all(book.ada);
        let activity = ChapterQuery { order: ChapterOrder::Activity, ..query.clone() };
        assert_eq!(book.titles(&activity).await, ["Fractions", "Waves", "Light and 50% shade", "Light"]);
        let sevens_first = ChapterQuery { first: Some(7), ..query };
        assert_eq!(book.titles(&sevens_first).await, ["Light", "Light and 50% shade", "Fractions", "Waves"]);
        let both = ChapterQuery { first: Some(7), ..activity };
        assert_eq!(book.titles(&both).await, ["Light and 50% shade", "Light", "Fractions", "Waves"]);
    }

    async fn lists_are_paged(db: Database) {
        let mut book = Book::new(&db).await;
        let query = query_all(book.ada);
        let mut seen = Vec::new();
        for offset in [0, 3, 6] {
            let listed = book.content.list(&query, Page { limit: 3, offset }).await.unwrap();
            assert_eq!(listed.total, 4, "the total is correct on a page beyond the end");
            seen.push(listed.items.len());
        }
        assert_eq!(seen, [3, 1, 0]);
    }

    async fn chapters_contain_the_progress_of_the_reader(db: Database) {
        let mut book = Book::new(&db).await;
        let mut progress = ProgressRepository::new(book.tx.clone());
        let (ada, ben, id) = (book.ada, book.ben, book.chapters[1].id);
        let reached = progress.advance(ben, id, 40, at(10)).await.unwrap();

        let listed = book.content.list(&query_all(ben), Page::default()).await.unwrap().items;
        let expected = [None, Some(reached.clone()), None, None];
        assert_eq!(listed.iter().map(|chapter| chapter.progress.clone()).collect::<Vec<_>>(), expected);
        assert_eq!((&*listed[1].author_name, listed[1].length), ("ben", 12));
        let others = book.content.list(&query_all(ada), Page::default()).await.unwrap().items;
        assert!(others.iter().all(|chapter| chapter.progress.is_none()));

        let open = book.content.open(id, ben).await.unwrap().unwrap();
        assert_eq!((open.chapter, &*open.author_name, open.progress), (book.chapters[1].clone(), "ben", Some(reached)));
        assert_eq!(book.content.open(id, ada).await.unwrap().unwrap().progress, None);
        assert_eq!(book.content.open(0, ada).await.unwrap(), None);
    }

    async fn deleting_a_chapter_deletes_its_progress(db: Database) {
        let mut book = Book::new(&db).await;
        let mut progress = ProgressRepository::new(book.tx.clone());
        let id = book.chapters[0].id;
        progress.advance(book.ada, id, 40, at(10)).await.unwrap();
        assert!(book.content.delete(id).await.unwrap());
        assert!(!book.content.delete(id).await.unwrap());
        assert_eq!(progress.find(book.ada, id).await.unwrap(), None);
        assert_eq!(book.content.count().await.unwrap(), 3);
    }

    /// Of two transactions that lock the same chapter, the second one sees the changes of the first.
    async fn a_lock_serializes_changes_of_a_chapter(db: Database) {
        let id = {
            let book = Book::new(&db).await;
            book.tx.commit().await.unwrap();
            book.chapters[0].id
        };
        let change = async |title: &'static str| {
            Tx::run(&db.pool, async |tx| {
                let mut content = ContentRepository::new(tx.clone());
                let chapter = content.lock(id).await.unwrap().expect("the chapter exists");
                let title = format!("{} {title}", chapter.title);
                assert!(content.update(&Chapter { title, ..chapter }, at(70)).await.unwrap().is_some());
                Ok::<_, sqlx::Error>(())
            })
            .await
            .unwrap();
        };
        tokio::join!(change("A"), change("B"), change("C"));
        let mut content = ContentRepository::new(Tx::new(db.pool.clone()));
        let chapter = content.find(id).await.unwrap().unwrap();
        let mut words: Vec<_> = chapter.title.split(' ').collect();
        words.sort_unstable();
        assert_eq!((words.as_slice(), chapter.revision), (["A", "B", "C", "Fractions"].as_slice(), 4));
    }
}
