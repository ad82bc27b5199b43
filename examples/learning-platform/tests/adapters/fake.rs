//! Test server on loopback that sends scripted responses.

use std::{
    collections::VecDeque,
    convert::Infallible,
    future::pending,
    io,
    sync::{Arc, Mutex, PoisonError},
};

use axum::{
    Router,
    body::{Body, Bytes, to_bytes},
    extract::{Request, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse as _, Response},
};
use futures_util::stream;
use serde_json::{Value, json};
use tokio::{net::TcpListener, sync::mpsc, task::JoinHandle};

/// Response to a request.
pub(crate) enum Reply {
    /// Send this response.
    With(Response),
    /// Send no response, and keep the connection open.
    Never,
}

/// Request that the server received.
#[derive(Clone, Debug)]
pub(crate) struct Call {
    /// Path, such as "/v1/embeddings".
    pub(crate) path: String,
    /// Headers of the request.
    pub(crate) headers: HeaderMap,
    /// Body of the request.
    pub(crate) body: Value,
}

/// Test server that sends the replies in order, and the status 418 after the last one.
pub(crate) struct FakeServer {
    /// Base URL, such as `http://127.0.0.1:41234/v1`.
    pub(crate) url: String,
    calls: Arc<Mutex<Vec<Call>>>,
    serving: JoinHandle<()>,
}

#[derive(Clone)]
struct Script {
    replies: Arc<Mutex<VecDeque<Reply>>>,
    calls: Arc<Mutex<Vec<Call>>>,
}

impl FakeServer {
    pub(crate) async fn start(replies: impl IntoIterator<Item = Reply>) -> Self {
        let calls = Arc::default();
        let replies = Arc::new(Mutex::new(replies.into_iter().collect()));
        let script = Script { replies, calls: Arc::clone(&calls) };
        let router = Router::new().fallback(reply).with_state(script);
        let (url, serving) = serve(router).await;
        Self { url: format!("{url}/v1"), calls, serving }
    }

    /// Returns the requests that were received so far.
    pub(crate) fn calls(&self) -> Vec<Call> {
        self.calls.lock().unwrap_or_else(PoisonError::into_inner).clone()
    }
}

impl Drop for FakeServer {
    fn drop(&mut self) {
        self.serving.abort();
    }
}

/// Serves a router on a free port of loopback.
pub(crate) async fn serve(router: Router) -> (String, JoinHandle<()>) {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    let address = listener.local_addr().expect("an address");
    let serving = tokio::spawn(async { drop(axum::serve(listener, router).await) });
    (format!("http://{address}"), serving)
}

/// Returns a URL on loopback where no server listens.
pub(crate) async fn unused_url() -> String {
    let listener = TcpListener::bind("127.0.0.1:0").await.expect("a free port");
    format!("http://{}", listener.local_addr().expect("an address"))
}

async fn reply(State(script): State<Script>, request: Request) -> Response {
    let (head, body) = request.into_parts();
    let body = to_bytes(body, 1 << 20).await.unwrap_or_default();
    let body = serde_json::from_slice(&body).unwrap_or(Value::Null);
    let call = Call { path: head.uri.path().to_owned(), headers: head.headers, body };
    script.calls.lock().unwrap_or_else(PoisonError::into_inner).push(call);
    let reply = script.replies.lock().unwrap_or_else(PoisonError::into_inner).pop_front();
    match reply {
        Some(Reply::With(response)) => response,
        Some(Reply::Never) => pending().await,
        None => StatusCode::IM_A_TEAPOT.into_response(),
    }
}

/// Creates a response with an error status.
pub(crate) fn status(status: u16) -> Reply {
    let status = StatusCode::from_u16(status).expect("a status");
    Reply::With((status, "error body").into_response())
}

/// Creates a 429 response with `Retry-After`.
pub(crate) fn retry_after(seconds: u64) -> Reply {
    Reply::With((StatusCode::TOO_MANY_REQUESTS, [("retry-after", seconds.to_string())]).into_response())
}

/// Creates a response with embeddings in reverse order, which the protocol allows.
pub(crate) fn embeddings(vectors: &[&[f32]]) -> Reply {
    let items = vectors.iter().enumerate().rev();
    let data: Vec<_> = items.map(|(index, vector)| json!({ "index": index, "embedding": vector })).collect();
    Reply::With(axum::Json(json!({ "data": data })).into_response())
}

/// Creates an event with a piece of text.
pub(crate) fn delta(text: &str) -> String {
    format!("data: {}\n\n", json!({ "choices": [{ "delta": { "content": text } }] }))
}

/// Events at the end of a stream.
pub(crate) const DONE: &str =
    "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\ndata: [DONE]\n\n";

/// Creates a response with a stream of these events.
pub(crate) fn events<S: Into<Bytes>>(events: impl IntoIterator<Item = S>) -> Reply {
    let chunks: Vec<_> = events.into_iter().map(|event| Ok::<_, Infallible>(event.into())).collect();
    event_stream(Body::from_stream(stream::iter(chunks)))
}

/// Creates a response with a stream of the messages of a channel. An error message aborts the connection. The sender
/// is closed when the client disconnects.
pub(crate) fn channel_stream() -> (mpsc::Sender<io::Result<String>>, Reply) {
    let (sender, receiver) = mpsc::channel::<io::Result<String>>(1);
    let chunks =
        stream::unfold(receiver, |mut receiver| async move { Some((receiver.recv().await?, receiver)) });
    (sender, event_stream(Body::from_stream(chunks)))
}

fn event_stream(body: Body) -> Reply {
    Reply::With(([("content-type", "text/event-stream")], body).into_response())
}
