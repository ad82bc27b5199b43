//! Tests of embeddings, retrieval and answers, with fakes of external systems in the container.

use std::sync::{Arc, Mutex, PoisonError};

use futures_util::{FutureExt as _, StreamExt as _, stream};
use jiff::Timestamp;
use learning_platform::{
    adapters::embedder::HashingEmbedder,
    core::security::UserRole,
    db::Tx,
    models::content::{Chapter, NewChapter},
    repositories::{StorageError, content::ContentRepository},
    services::{
        BoxFuture, ServiceError,
        rag::{
            ChatModel, Embedder, EmbeddingOutcome, EmbeddingService, Passage, Piece, Pieces, Prompt,
            RagService, Reader, SearchHit, Usage, VectorStore,
        },
    },
};
use sqlx::AnyPool;

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

/// Book with one author.
struct Book {
    app: TestApp,
    author_id: i64,
}

impl Book {
    async fn new(app: TestApp) -> Self {
        let author_id = app.create_user(UserRole::Teacher).await.id;
        Self { app, author_id }
    }

    async fn write(&self, title: &str, body: &str, grade_level: i64) -> i64 {
        let new = NewChapter {
            author_id: self.author_id,
            title: title.into(),
            summary: "A chapter.".into(),
            body: body.into(),
            grade_level,
        };
        change_chapter(&self.app.pool, async |chapters| {
            chapters.insert(&new, Timestamp::now()).await.map(Some)
        })
        .await
        .id
    }

    /// Writes, publishes and embeds a chapter.
    async fn publish(&self, title: &str, body: &str, grade_level: i64) -> i64 {
        let id = self.write(title, body, grade_level).await;
        change_chapter(&self.app.pool, async |chapters| chapters.publish(id, Timestamp::now()).await).await;
        assert!(matches!(self.embeddings().embed(id).await.unwrap(), EmbeddingOutcome::Passages(1..)));
        id
    }

    fn embeddings(&self) -> EmbeddingService {
        self.app.container.resolve()
    }

    fn rag(&self) -> RagService {
        self.app.container.resolve()
    }

    async fn titles(&self, text: &str, reader: &Reader) -> Vec<String> {
        let found = self.rag().search(text, reader, 10).await.unwrap();
        found.into_iter().map(|hit| hit.passage.title).collect()
    }
}

/// Changes a chapter in a separate transaction, and returns it.
async fn change_chapter(
    pool: &AnyPool,
    change: impl AsyncFnOnce(&mut ContentRepository) -> Result<Option<Chapter>, StorageError>,
) -> Chapter {
    let change = Tx::run(pool, async |tx| change(&mut ContentRepository::new(tx.clone())).await);
    change.await.unwrap().expect("a chapter")
}

async fn revise(pool: &AnyPool, id: i64, body: &str) {
    change_chapter(pool, async |chapters| {
        let chapter = chapters.find(id).await?.expect("a chapter");
        chapters.update(&Chapter { body: body.into(), ..chapter }, Timestamp::now()).await
    })
    .await;
}

/// Chat model that returns scripted pieces and records the prompts.
struct ScriptedModel {
    pieces: Mutex<Vec<Result<Piece, ServiceError>>>,
    prompts: Mutex<Vec<Prompt>>,
}

impl ScriptedModel {
    fn new(pieces: impl Into<Vec<Result<Piece, ServiceError>>>) -> Arc<Self> {
        Arc::new(Self { pieces: Mutex::new(pieces.into()), prompts: Mutex::default() })
    }
}

impl ChatModel for ScriptedModel {
    fn name(&self) -> &'static str {
        "scripted"
    }

    fn answer(&self, prompt: Prompt) -> Pieces {
        self.prompts.lock().unwrap_or_else(PoisonError::into_inner).push(prompt);
        stream::iter(std::mem::take(&mut *self.pieces.lock().unwrap_or_else(PoisonError::into_inner))).boxed()
    }
}

/// Offline embedder that runs another future during its first call.
struct InterruptedEmbedder(Mutex<Option<BoxFuture<'static, ()>>>);

impl Embedder for InterruptedEmbedder {
    fn name(&self) -> &'static str {
        "interrupted"
    }

    fn dimensions(&self) -> usize {
        HashingEmbedder.dimensions()
    }

    fn embed(&self, texts: Vec<String>) -> BoxFuture<'_, Result<Vec<Vec<f32>>, ServiceError>> {
        let interruption = self.0.lock().unwrap_or_else(PoisonError::into_inner).take();
        async move {
            if let Some(interruption) = interruption {
                interruption.await;
            }
            HashingEmbedder.embed(texts).await
        }
        .boxed()
    }
}

fn text(text: &str) -> Piece {
    Piece::Text(text.into())
}

on_each_database! {
    async fn only_published_chapters_are_found(db: Database) {
        let book = Book::new(TestApp::new(&db).await).await;
        let draft = book.write("Roots", "Roots drink water.", 5).await;
        assert_eq!(book.embeddings().embed(draft).await.unwrap(), EmbeddingOutcome::Removed);
        book.publish("Leaves", "Leaves eat light.", 5).await;
        assert_eq!(book.titles("What do roots drink?", &Reader::default()).await, ["Leaves"]);
        assert_eq!(book.embeddings().stale().await.unwrap(), [0_i64; 0]);
    }

    async fn the_vector_store_follows_the_changes_of_a_chapter(db: Database) {
        let book = Book::new(TestApp::new(&db).await).await;
        book.publish("Rome", "Rome was not built in a day.", 5).await;
        let id = book.publish("Leaves", "Leaves eat light.", 5).await;
        let (pool, embeddings) = (&book.app.pool, book.embeddings());

        revise(pool, id, "Leaves fall in autumn.").await;
        assert_eq!(embeddings.stale().await.unwrap(), [id]);
        // Embedding is idempotent.
        for _ in 0..2 {
            assert_eq!(embeddings.embed(id).await.unwrap(), EmbeddingOutcome::Passages(1));
        }
        let found = book.rag().search("leaves", &Reader::default(), 1).await.unwrap();
        assert_eq!(found[0].passage.text, "Leaves fall in autumn.");
        assert_eq!(book.titles("leaves", &Reader::default()).await, ["Leaves", "Rome"]);

        change_chapter(pool, async |chapters| chapters.unpublish(id).await).await;
        assert_eq!(embeddings.stale().await.unwrap(), [id]);
        assert_eq!(embeddings.embed(id).await.unwrap(), EmbeddingOutcome::Removed);
        assert_eq!(book.titles("leaves", &Reader::default()).await, ["Rome"]);
        assert_eq!(embeddings.stale().await.unwrap(), [0_i64; 0]);

        // The revision is unchanged, but the vector store no longer contains it.
        change_chapter(pool, async |chapters| chapters.publish(id, Timestamp::now()).await).await;
        assert_eq!(embeddings.stale().await.unwrap(), [id]);
        assert_eq!(embeddings.embed(id).await.unwrap(), EmbeddingOutcome::Passages(1));

        Tx::run(pool, async |tx| ContentRepository::new(tx.clone()).delete(id).await).await.unwrap();
        assert_eq!(embeddings.embed(id).await.unwrap(), EmbeddingOutcome::Removed);
        assert_eq!(book.titles("leaves", &Reader::default()).await, ["Rome"]);
    }

    async fn a_chapter_that_changes_meanwhile_is_embedded_again(db: Database) {
        let embedder = Arc::new(InterruptedEmbedder(Mutex::default()));
        let app = TestApp::with(&db, |builder| builder.embedder(Arc::clone(&embedder) as Arc<dyn Embedder>)).await;
        let book = Book::new(app).await;
        let id = book.write("Leaves", "Leaves eat light.", 5).await;
        change_chapter(&db.pool, async |chapters| chapters.publish(id, Timestamp::now()).await).await;

        let pool = db.pool.clone();
        let interruption = async move { revise(&pool, id, "Leaves fall in autumn.").await };
        *embedder.0.lock().unwrap() = Some(interruption.boxed());
        assert_eq!(book.embeddings().embed(id).await.unwrap(), EmbeddingOutcome::Passages(1));

        let found = book.rag().search("leaves", &Reader::default(), 1).await.unwrap();
        assert_eq!(found[0].passage.text, "Leaves fall in autumn.");
        assert_eq!(book.embeddings().stale().await.unwrap(), [0_i64; 0]);
    }

    async fn a_lost_store_is_filled_again(db: Database) {
        let book = Book::new(TestApp::new(&db).await).await;
        let id = book.publish("Leaves", "Leaves eat light.", 5).await;
        // In tests the store is in memory, so the next application has an empty one.
        let after = TestApp::new(&db).await.container.resolve::<EmbeddingService>();
        assert_eq!(after.stale().await.unwrap(), [id]);
        assert_eq!(after.embed(id).await.unwrap(), EmbeddingOutcome::Passages(1));
        assert_eq!(after.stale().await.unwrap(), [0_i64; 0]);
    }

    async fn search_results_depend_on_the_grade_and_the_progress_of_the_reader(db: Database) {
        let book = Book::new(TestApp::new(&db).await).await;
        book.publish("Light one", "Plants make food from light.", 5).await;
        let second = book.publish("Light two", "Plants make food from light.", 6).await;
        book.publish("Photosynthesis", "Plants make food from light.", 11).await;

        let any_grade = Reader::default();
        assert_eq!(book.titles("light", &any_grade).await, ["Light one", "Light two", "Photosynthesis"]);
        let sixth = Reader { grade_level: Some(6), ..Reader::default() };
        assert_eq!(book.titles("light", &sixth).await, ["Light one", "Light two"]);
        let with_progress = Reader { started: [second].into(), ..sixth };
        assert_eq!(book.titles("light", &with_progress).await, ["Light two", "Light one"]);
    }

    async fn the_model_gets_the_passages_and_its_answer_is_returned(db: Database) {
        let usage = Usage { prompt_tokens: 40, completion_tokens: 2 };
        let model = ScriptedModel::new([Ok(text("From ")), Ok(text("light. [1]")), Ok(Piece::Usage(usage))]);
        let app = TestApp::with(&db, |builder| builder.chat_model(Arc::clone(&model) as Arc<dyn ChatModel>)).await;
        let book = Book::new(app).await;
        let id = book.publish("Light", "Plants make food from light.", 5).await;

        let reader = Reader { grade_level: Some(5), ..Reader::default() };
        let answer = book.rag().answer("How do plants make food?", &reader).await.unwrap();
        let answer = answer.collect().await.unwrap();
        assert_eq!((&*answer.text, &*answer.model, answer.usage), ("From light. [1]", "scripted", Some(usage)));

        let passage = Passage {
            chapter_id: id,
            title: "Light".into(),
            grade_level: 5,
            position: 0,
            text: "Plants make food from light.".into(),
        };
        assert!(matches!(&answer.passages[..], [SearchHit { passage: found, .. }] if *found == passage), "{answer:?}");
        let prompt = Prompt {
            question: "How do plants make food?".into(),
            grade_level: Some(5),
            passages: vec![passage],
        };
        assert_eq!(*model.prompts.lock().unwrap(), [prompt]);
    }

    async fn an_incomplete_answer_is_an_error(db: Database) {
        let error = ServiceError::Upstream { service: "the chat model", source: "connection lost".into() };
        let model = ScriptedModel::new([Ok(text("From ")), Err(error)]);
        let app = TestApp::with(&db, |builder| builder.chat_model(model)).await;
        let rag: RagService = app.container.resolve();
        let answer = rag.answer("Why?", &Reader::default()).await.unwrap();
        assert!(matches!(answer.collect().await, Err(ServiceError::Upstream { service: "the chat model", .. })));
    }
}

/// The container uses the offline models and the embedded store by default.
#[tokio::test]
async fn the_defaults_need_no_external_service() {
    Database::sqlite(async |db| {
        let app = TestApp::new(&db).await;
        assert_eq!(app.container.resolve::<Arc<dyn Embedder>>().name(), "feature hashing (offline)");
        assert_eq!(app.container.resolve::<Arc<dyn ChatModel>>().name(), "extractive (offline)");
        assert_eq!(app.container.resolve::<Arc<dyn VectorStore>>().count().await.unwrap(), 0);
    })
    .await;
}
