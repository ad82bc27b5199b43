//! Tests of the HTTP client, and of the embedder and the chat model with the protocol of OpenAI.

use std::{io, sync::Arc, time::Duration};

use futures_util::StreamExt as _;
use learning_platform::{
    adapters::{
        chat::OpenAiChat,
        embedder::OpenAiEmbedder,
        http::{HttpClient, HttpError},
    },
    config::{HttpSettings, RagSettings, Remote},
    services::{
        ServiceError,
        rag::{ChatModel as _, Embedder as _, Piece, Prompt},
    },
};
use tokio::time::Instant;

use super::fake::{
    DONE, FakeServer, Reply, channel_stream, delta, embeddings, events, retry_after, status, unused_url,
};

const TIMEOUT: Duration = Duration::from_secs(20);

fn client(retries: usize) -> HttpClient {
    let settings = HttpSettings { connect_timeout: Duration::from_secs(2), timeout: TIMEOUT, retries };
    HttpClient::open(Arc::new(settings)).unwrap()
}

fn remote(url: &str) -> Remote {
    Remote { url: url.to_owned(), key: Some("sk-secret".into()) }
}

fn embedder(url: &str, retries: usize) -> OpenAiEmbedder {
    let settings = RagSettings {
        vectors: ":memory:".into(),
        collection: "chapters".into(),
        passages: 4,
        qdrant: None,
        openai: None,
        embedding_model: "small".into(),
        embedding_dimensions: 2,
        chat_model: "large".into(),
    };
    OpenAiEmbedder::new(&remote(url), client(retries), &settings)
}

fn chat(url: &str, retries: usize) -> OpenAiChat {
    OpenAiChat::new(&remote(url), client(retries), "large")
}

fn prompt() -> Prompt {
    Prompt { question: "Why?".into(), grade_level: Some(5), passages: vec![] }
}

/// Returns the text of the cause of a port's error.
fn cause(error: ServiceError) -> String {
    match error {
        ServiceError::Upstream { source, .. } => source.to_string(),
        error => panic!("{error}"),
    }
}

fn status_of(error: &ServiceError) -> Option<u16> {
    let ServiceError::Upstream { source, .. } = error else { return None };
    match source.downcast_ref() {
        Some(HttpError::Status { status, .. }) => Some(status.as_u16()),
        _ => None,
    }
}

/// Returns the text of an answer, and the error that ended it.
async fn text(chat: &OpenAiChat) -> (String, Option<ServiceError>) {
    let mut pieces = chat.answer(prompt());
    let mut text = String::new();
    while let Some(piece) = pieces.next().await {
        match piece {
            Ok(Piece::Text(more)) => text.push_str(&more),
            Ok(Piece::Usage(_)) => {}
            Err(error) => return (text, Some(error)),
        }
    }
    (text, None)
}

#[tokio::test(start_paused = true)]
async fn embeddings_are_normalized_and_in_the_order_of_the_texts() {
    let server = FakeServer::start([embeddings(&[&[3.0, 4.0], &[0.0, 2.0]])]).await;
    let vectors = embedder(&server.url, 0).embed(vec!["one".into(), "two".into()]).await.unwrap();
    assert_eq!(vectors, [[0.6, 0.8], [0.0, 1.0]]);

    let [call] = &server.calls()[..] else { panic!("expected one request") };
    assert_eq!(call.path, "/v1/embeddings");
    assert_eq!(call.headers["authorization"], "Bearer sk-secret");
    assert_eq!(call.headers["user-agent"], "learning-platform/0.1.0");
    assert_eq!(call.body["model"], "small");
    assert_eq!(call.body["input"], serde_json::json!(["one", "two"]));
    assert_eq!(call.body["dimensions"], 2);
}

#[tokio::test(start_paused = true)]
async fn many_texts_are_sent_in_batches() {
    let batch = |count: usize| embeddings(&vec![&[1.0, 0.0][..]; count]);
    let server = FakeServer::start([batch(64), batch(36)]).await;
    let vectors = embedder(&server.url, 0).embed(vec!["text".into(); 100]).await.unwrap();
    assert_eq!((vectors.len(), server.calls().len()), (100, 2));
}

#[tokio::test(start_paused = true)]
async fn invalid_embeddings_are_rejected() {
    let server =
        FakeServer::start([embeddings(&[&[1.0, 0.0, 0.0]]), embeddings(&[]), embeddings(&[&[0.0, 0.0]])])
            .await;
    let embedder = embedder(&server.url, 0);
    let mut causes = Vec::new();
    for _ in 0..3 {
        causes.push(cause(embedder.embed(vec!["text".into()]).await.unwrap_err()));
    }
    assert!(causes[0].starts_with("an embedding has 3 dimensions instead of 2"), "{causes:?}");
    assert_eq!(causes[1], "expected 1 embeddings, got 0");
    assert_eq!(causes[2], "an embedding is the zero vector or not finite");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_retried_after_the_requested_delay() {
    let server = FakeServer::start([retry_after(7), embeddings(&[&[1.0, 0.0]])]).await;
    let started = Instant::now();
    embedder(&server.url, 3).embed(vec!["text".into()]).await.unwrap();
    assert_eq!(server.calls().len(), 2);
    let waited = started.elapsed();
    assert!(waited >= Duration::from_secs(7) && waited < Duration::from_secs(8), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_not_retried_if_the_requested_delay_is_too_long() {
    let server = FakeServer::start([retry_after(86_400), embeddings(&[&[1.0, 0.0]])]).await;
    let started = Instant::now();
    let error = embedder(&server.url, 3).embed(vec!["text".into()]).await.unwrap_err();
    assert_eq!((status_of(&error), server.calls().len()), (Some(429), 1));
    assert!(started.elapsed() < Duration::from_secs(1));
}

#[tokio::test(start_paused = true)]
async fn failed_requests_are_retried_with_increasing_delays() {
    let server = FakeServer::start([status(500), status(503), status(502), status(500)]).await;
    let started = Instant::now();
    let error = embedder(&server.url, 3).embed(vec!["text".into()]).await.unwrap_err();
    assert_eq!((status_of(&error), server.calls().len()), (Some(500), 4));
    // 200, 400 and 800 ms, each with a jitter of up to the same duration.
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(1400) && waited <= Duration::from_millis(2900), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn client_errors_and_redirects_are_not_retried() {
    let server = FakeServer::start([status(401), status(400), status(307)]).await;
    let embedder = embedder(&server.url, 3);
    for (expected, calls) in [(401, 1), (400, 2), (307, 3)] {
        let error = embedder.embed(vec!["text".into()]).await.unwrap_err();
        assert_eq!((status_of(&error), server.calls().len()), (Some(expected), calls));
    }
}

#[tokio::test(start_paused = true)]
async fn failed_connections_are_retried() {
    let started = Instant::now();
    let error = embedder(&unused_url().await, 2).embed(vec!["text".into()]).await.unwrap_err();
    assert_eq!(cause(error), "the request failed");
    let waited = started.elapsed();
    assert!(waited >= Duration::from_millis(600) && waited <= Duration::from_millis(1300), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn a_timeout_ends_a_request_without_a_retry() {
    let server = FakeServer::start([Reply::Never, embeddings(&[&[1.0, 0.0]])]).await;
    let started = Instant::now();
    let error = embedder(&server.url, 3).embed(vec!["text".into()]).await.unwrap_err();
    assert_eq!((cause(error).as_str(), server.calls().len()), ("the request failed", 1));
    let waited = started.elapsed();
    assert!(waited >= TIMEOUT && waited < TIMEOUT + Duration::from_secs(1), "{waited:?}");
}

#[tokio::test(start_paused = true)]
async fn an_answer_is_streamed_piece_by_piece() {
    let (sender, reply) = channel_stream();
    let server = FakeServer::start([reply]).await;
    let mut pieces = chat(&server.url, 0).answer(prompt());
    assert!(server.calls().is_empty(), "no request is sent before the first poll");

    sender.send(Ok(delta("Because "))).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("Because ".into()));
    // The second piece is sent only after the first was received.
    sender.send(Ok(delta("of light."))).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("of light.".into()));
    sender.send(Ok(DONE.to_owned())).await.unwrap();
    assert!(pieces.next().await.is_none());

    let [call] = &server.calls()[..] else { panic!("expected one request") };
    assert_eq!(call.path, "/v1/chat/completions");
    assert_eq!((&call.body["model"], &call.body["stream"]), (&"large".into(), &true.into()));
    assert_eq!(call.body["messages"][0]["role"], "system");
    assert_eq!(call.body["messages"][1]["content"], "Question: Why?");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_retried_before_the_answer_begins() {
    let server = FakeServer::start([status(503), events([delta("Because."), DONE.to_owned()])]).await;
    let (text, error) = text(&chat(&server.url, 3)).await;
    assert_eq!((text.as_str(), server.calls().len()), ("Because.", 2));
    assert!(error.is_none(), "{error:?}");
}

#[tokio::test(start_paused = true)]
async fn a_request_is_not_retried_after_the_answer_has_begun() {
    let (sender, reply) = channel_stream();
    let server = FakeServer::start([reply, events([delta("Because."), DONE.to_owned()])]).await;
    let mut pieces = chat(&server.url, 3).answer(prompt());
    sender.send(Ok(delta("Beca"))).await.unwrap();
    assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("Beca".into()));
    sender.send(Err(io::Error::other("connection aborted"))).await.unwrap();
    let error = pieces.next().await.unwrap().unwrap_err();
    assert!(matches!(error, ServiceError::Upstream { service: "the chat model", .. }), "{error:?}");
    assert!(pieces.next().await.is_none());
    assert_eq!(server.calls().len(), 1);
}

#[tokio::test(start_paused = true)]
async fn the_timeout_limits_the_pauses_of_a_stream_and_not_its_duration() {
    let (sender, reply) = channel_stream();
    let server = FakeServer::start([reply]).await;
    let mut pieces = chat(&server.url, 0).answer(prompt());
    // The stream takes longer than the timeout, but no pause between two pieces does.
    for _ in 0..3 {
        sender.send(Ok(delta("hm "))).await.unwrap();
        assert_eq!(pieces.next().await.unwrap().unwrap(), Piece::Text("hm ".into()));
        tokio::time::advance(TIMEOUT / 2).await;
    }
    let started = Instant::now();
    assert_eq!(cause(pieces.next().await.unwrap().unwrap_err()), "error decoding response body");
    assert!(started.elapsed() <= TIMEOUT, "{:?}", started.elapsed());
    assert!(pieces.next().await.is_none());
}

#[tokio::test(start_paused = true)]
async fn dropping_an_answer_closes_the_connection() {
    let (sender, reply) = channel_stream();
    let server = FakeServer::start([reply]).await;
    let mut pieces = chat(&server.url, 0).answer(prompt());
    sender.send(Ok(delta("Because"))).await.unwrap();
    pieces.next().await.unwrap().unwrap();
    drop(pieces);
    // Resolves when the server detects that the connection is closed.
    sender.closed().await;
}
