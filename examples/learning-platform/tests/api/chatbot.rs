//! Tests of the chatbot over HTTP.

use std::sync::{Arc, Mutex};

use axum::http::StatusCode;
use futures_util::{StreamExt as _, stream};
use jiff::Timestamp;
use learning_platform::{
    api::{
        middleware::wrap,
        openapi::document,
        routes::{endpoints, routes},
    },
    config::ServerSettings,
    core::security::UserRole,
    db::Tx,
    models::content::NewChapter,
    repositories::content::ContentRepository,
    services::{
        ServiceError,
        rag::{ChatModel, EmbeddingService, Piece, Pieces, Prompt},
    },
};
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc};

use crate::{
    on_each_database,
    support::{Database, TestApp},
};

/// Publishes a chapter and embeds it.
async fn publish(app: &TestApp, title: &str, body: &str, grade_level: i64) -> i64 {
    let author_id = app.create_user(UserRole::Teacher).await.id;
    let new = NewChapter {
        author_id,
        title: title.into(),
        summary: "A chapter.".into(),
        body: body.into(),
        grade_level,
    };
    let published = Tx::run(&app.pool, async |tx| {
        let mut chapters = ContentRepository::new(tx.clone());
        let chapter = chapters.insert(&new, Timestamp::now()).await?;
        chapters.publish(chapter.id, Timestamp::now()).await
    });
    let id = published.await.unwrap().expect("a chapter").id;
    app.container.resolve::<EmbeddingService>().embed(id).await.unwrap();
    id
}

/// Parses the events of a stream, each with its name.
fn events(stream: &str) -> Vec<(String, Value)> {
    let events = stream.split("\n\n").filter(|event| !event.is_empty()).map(|event| {
        let field = |name: &str| {
            let line = event.lines().find_map(|line| line.strip_prefix(name));
            line.unwrap_or_else(|| panic!("no {name} in {event:?}")).trim_start()
        };
        (field("event:").to_owned(), serde_json::from_str(field("data:")).expect("JSON"))
    });
    events.collect()
}

/// Chat model that streams the messages of a channel.
struct ChannelModel(Mutex<Option<mpsc::Receiver<Result<Piece, ServiceError>>>>);

impl ChannelModel {
    fn create() -> (mpsc::Sender<Result<Piece, ServiceError>>, Arc<dyn ChatModel>) {
        let (sender, receiver) = mpsc::channel(1);
        (sender, Arc::new(Self(Mutex::new(Some(receiver)))))
    }
}

impl ChatModel for ChannelModel {
    fn name(&self) -> &'static str {
        "slow"
    }

    fn answer(&self, _: Prompt) -> Pieces {
        let receiver = self.0.lock().unwrap().take().expect("expected one question");
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) })
            .boxed()
    }
}

on_each_database! {
    async fn an_answer_is_streamed_as_events(db: Database) {
        let app = TestApp::new(&db).await;
        let id = publish(&app, "How plants eat", "A plant makes its food from light.", 5).await;
        let student = app.create_student(5).await;

        let question = json!({ "question": "How does a plant make food?" });
        let answer = app.post("/api/v1/chat").token(&student.token).json(question).await;
        assert_eq!((answer.status, answer.header("content-type")), (StatusCode::OK, "text/event-stream"));
        let events = events(&answer.text());
        let [(first, passage), (second, delta), (third, done)] = &events[..] else { panic!("{events:?}") };
        assert_eq!([first, second, third], ["passage", "delta", "done"]);
        assert_eq!((&passage["number"], &passage["chapter_id"]), (&json!(1), &json!(id)));
        assert_eq!(passage["text"], "A plant makes its food from light.");
        assert_eq!(*delta, json!({ "text": "A plant makes its food from light. [1]" }));
        assert_eq!(*done, json!({ "model": "extractive (offline)", "characters": 38, "usage": null }));
    }

    async fn an_answer_can_be_requested_as_a_whole(db: Database) {
        let app = TestApp::new(&db).await;
        let id = publish(&app, "How plants eat", "A plant makes its food from light.", 5).await;
        publish(&app, "Photosynthesis", "A plant makes its food from light, by photosynthesis.", 11).await;
        let student = app.create_student(5).await;

        let question = json!({ "question": "How does a plant make food?" });
        let answer = app.post("/api/v2/chat/answers").token(&student.token).json(question).await.expect(200);
        assert_eq!(answer["answer"], "A plant makes its food from light. [1]");
        assert_eq!(answer["model"], "extractive (offline)");
        let passages = answer["passages"].as_array().unwrap();
        assert_eq!(passages.len(), 1, "passages for higher grades are excluded");
        assert_eq!(passages[0]["chapter_id"], id);

        let question = json!({ "question": "Who was Napoleon?" });
        let answer = app.post("/api/v1/chat/answers").token(&student.token).json(question).await.expect(200);
        assert!(answer["answer"].as_str().unwrap().starts_with("The book has no sentence that matches"), "{answer}");
    }

    async fn a_search_returns_matching_passages(db: Database) {
        let app = TestApp::new(&db).await;
        publish(&app, "Rome", "Rome was not built in a day.", 5).await;
        let id = publish(&app, "How plants eat", "A plant makes its food from light.", 5).await;
        let student = app.create_student(5).await;
        let found = app.get("/api/v1/search?q=plants&limit=1").token(&student.token).await.expect(200);
        let passages = found["passages"].as_array().unwrap();
        assert_eq!((passages.len(), &passages[0]["chapter_id"]), (1, &json!(id)));
    }

    async fn started_chapters_rank_higher(db: Database) {
        let app = TestApp::new(&db).await;
        let first = publish(&app, "Light", "Plants make food from light.", 5).await;
        let second = publish(&app, "Light", "Plants make food from light.", 5).await;
        let student = app.create_student(5).await;
        let chapters = async || {
            let found = app.get("/api/v1/search?q=light").token(&student.token).await.expect(200);
            let passages = found["passages"].as_array().unwrap();
            passages.iter().map(|passage| passage["chapter_id"].as_i64().unwrap()).collect::<Vec<_>>()
        };
        assert_eq!(chapters().await, [first, second]);
        let insert = "INSERT INTO progress (user_id, chapter_id, percent, updated_at) VALUES ($1, $2, 30, 0)";
        sqlx::query(insert).bind(student.id).bind(second).execute(&app.pool).await.unwrap();
        assert_eq!(chapters().await, [second, first]);
    }

    async fn questions_are_validated(db: Database) {
        let app = TestApp::new(&db).await;
        let student = app.create_student(5).await;
        for path in ["/api/v1/chat", "/api/v1/chat/answers"] {
            for question in ["", " \n", &"?".repeat(1001), "a\u{0}b"] {
                let answer = app.post(path).token(&student.token).json(json!({ "question": question })).await;
                assert_eq!(answer.invalid_fields(), ["question"], "{question:?}");
            }
            app.post(path).token(&student.token).json(json!({ "question": "Why?", "model": "x" })).await.problem(422);
            app.post(path).json(json!({ "question": "Why?" })).await.problem(401);
        }
        for (query, field) in [("q=", "q"), ("q=x&limit=0", "limit"), ("q=x&limit=21", "limit")] {
            let answer = app.get(&format!("/api/v1/search?{query}")).token(&student.token).await;
            assert_eq!(answer.invalid_fields(), [field]);
        }
        app.get("/api/v1/search").token(&student.token).await.problem(400);
        app.get("/api/v1/search?q=x").await.problem(401);
    }

    async fn an_incomplete_answer_ends_with_a_problem(db: Database) {
        let (model, slow) = ChannelModel::create();
        let app = TestApp::with(&db, |builder| builder.chat_model(slow)).await;
        let student = app.create_student(5).await;
        let script = async {
            model.send(Ok(Piece::Text("Becau".into()))).await.unwrap();
            let source = "connection reset by 10.0.0.7".into();
            model.send(Err(ServiceError::Upstream { service: "the chat model", source })).await.unwrap();
        };
        let question = app.post("/api/v1/chat").token(&student.token).json(json!({ "question": "Why?" }));
        let (answer, ()) = tokio::join!(question, script);
        let events = events(&answer.text());
        let [(_, delta), (last, problem)] = &events[..] else { panic!("{events:?}") };
        assert_eq!((&delta["text"], &**last, &problem["status"]), (&json!("Becau"), "error", &json!(502)));
        assert!(!answer.text().contains("10.0.0.7"), "{}", answer.text());
    }

    /// Models are slow, so a request must not hold a connection meanwhile.
    async fn no_connection_is_held_while_the_model_is_running(db: Database) {
        let (model, slow) = ChannelModel::create();
        let app = TestApp::with(&db, |builder| builder.chat_model(slow)).await;
        let student = app.create_student(5).await;
        let question = app.post("/api/v1/chat/answers").token(&student.token).json(json!({ "question": "Why?" }));
        let look = async {
            model.send(Ok(Piece::Text("Because".into()))).await.unwrap();
            // The channel has a capacity of one, so the first piece was received: the request waits for the model.
            model.send(Ok(Piece::Text(".".into()))).await.unwrap();
            let connections = app.pool.options().get_max_connections();
            let mut held = Vec::new();
            for _ in 0..connections {
                held.push(app.pool.acquire().await.expect("all connections are available"));
            }
            drop(held);
            drop(model);
        };
        let (answer, ()) = tokio::join!(question, look);
        assert_eq!(answer.expect(200)["answer"], "Because.");
    }
}

#[test]
fn the_events_are_described() {
    let document = serde_json::to_value(document(&endpoints())).expect("JSON");
    let chat = &document["paths"]["/api/v1/chat"]["post"]["responses"];
    let content = &chat["200"]["content"]["text/event-stream"];
    let kinds = content["schema"]["oneOf"].as_array().expect("kinds of events");
    let names: Vec<_> = kinds.iter().map(|kind| &kind["properties"]["event"]["enum"][0]).collect();
    assert_eq!(names, ["passage", "delta", "done", "error"], "{chat}");
    let description = content["schema"]["description"].as_str().expect("a description");
    let (_, example) = description.split_once("```text\n").expect("an example");
    let example = events(example.trim_end_matches("```"));
    assert_eq!(example.iter().map(|event| &*event.0).collect::<Vec<_>>(), ["passage", "delta", "done"]);
    for status in ["401", "422", "502"] {
        assert!(chat[status].is_object(), "{status} is not described: {chat}");
    }
}

/// Serves the application on a socket, with the middleware of production.
async fn serve(app: &TestApp, settings: &ServerSettings) -> (String, tokio::task::JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let url = format!("http://{}", listener.local_addr().unwrap());
    let router = wrap(routes(), settings).into_router(Arc::clone(&app.container));
    let serving = tokio::spawn(async { drop(axum::serve(listener, router).await) });
    (url, serving)
}

async fn ask(url: &str, token: &str) -> reqwest::Response {
    let request = reqwest::Client::new().post(format!("{url}/api/v1/chat")).bearer_auth(token);
    let request = request.header("accept-encoding", "gzip").json(&json!({ "question": "Why?" }));
    request.send().await.unwrap().error_for_status().unwrap()
}

#[tokio::test]
async fn the_first_piece_arrives_before_the_last_is_generated() {
    Database::sqlite(async |db| {
        let (model, slow) = ChannelModel::create();
        let app = TestApp::with(&db, |builder| builder.chat_model(slow)).await;
        let student = app.create_student(5).await;
        let (url, serving) = serve(&app, &db.settings.server).await;

        let mut answer = ask(&url, &student.token).await;
        model.send(Ok(Piece::Text("Because ".into()))).await.unwrap();
        let first = answer.chunk().await.unwrap().unwrap();
        assert_eq!(
            events(&String::from_utf8_lossy(&first)),
            [("delta".into(), json!({ "text": "Because " }))]
        );

        // The rest is generated only after the first piece was received.
        model.send(Ok(Piece::Text("of light.".into()))).await.unwrap();
        drop(model);
        let rest = events(&answer.text().await.unwrap());
        assert_eq!(rest.iter().map(|event| &*event.0).collect::<Vec<_>>(), ["delta", "done"]);
        assert_eq!(rest[1].1["characters"], 17);
        serving.abort();
    })
    .await;
}

#[tokio::test]
async fn an_answer_is_cancelled_when_the_client_disconnects() {
    Database::sqlite(async |db| {
        let (model, slow) = ChannelModel::create();
        let app = TestApp::with(&db, |builder| builder.chat_model(slow)).await;
        let student = app.create_student(5).await;
        let (url, serving) = serve(&app, &db.settings.server).await;

        let mut answer = ask(&url, &student.token).await;
        model.send(Ok(Piece::Text("Because ".into()))).await.unwrap();
        answer.chunk().await.unwrap().unwrap();
        drop(answer);
        // Resolves when the stream of the model, and with it the receiver, is dropped.
        model.closed().await;
        serving.abort();
    })
    .await;
}
