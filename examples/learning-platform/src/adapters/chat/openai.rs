//! Chat model of a remote endpoint.

use std::collections::VecDeque;

use futures_util::{Stream, StreamExt as _, TryStreamExt as _, stream};
use serde::{Deserialize, Serialize};

use super::super::{http::HttpClient, openai::OpenAi, sse::EventParser};
use crate::{
    config::Remote,
    services::{
        ServiceError,
        rag::{ChatModel, Message, Piece, Pieces, Prompt, Speaker, Usage},
    },
};

/// Chat model that calls an endpoint with the protocol of OpenAI.
#[derive(Clone, Debug)]
pub struct OpenAiChat {
    endpoint: OpenAi,
    model: String,
}

/// Body of `POST /chat/completions`.
#[derive(Serialize)]
struct CompletionRequest<'t> {
    model: &'t str,
    messages: Vec<CompletionMessage<'t>>,
    stream: bool,
    stream_options: StreamOptions,
}

#[derive(Serialize)]
struct CompletionMessage<'t> {
    role: &'static str,
    content: &'t str,
}

#[derive(Serialize)]
struct StreamOptions {
    include_usage: bool,
}

/// Data of an event.
#[derive(Deserialize)]
struct Chunk {
    #[serde(default)]
    choices: Vec<Choice>,
    usage: Option<ChunkUsage>,
    error: Option<ChunkError>,
}

#[derive(Deserialize)]
struct Choice {
    #[serde(default)]
    delta: Delta,
    finish_reason: Option<String>,
}

#[derive(Default, Deserialize)]
struct Delta {
    content: Option<String>,
}

#[derive(Deserialize)]
struct ChunkUsage {
    prompt_tokens: u64,
    completion_tokens: u64,
}

#[derive(Deserialize)]
struct ChunkError {
    message: String,
}

/// Error returned when the event stream is invalid.
#[derive(Debug, thiserror::Error)]
enum BadStream {
    #[error("the stream ended before the answer was complete")]
    Incomplete,
    #[error("the model reported an error: {0}")]
    Model(String),
    #[error("an event does not follow the protocol")]
    Event(#[from] serde_json::Error),
}

impl OpenAiChat {
    /// Creates a chat model that uses `model` at that endpoint.
    #[must_use]
    pub fn new(remote: &Remote, http: HttpClient, model: &str) -> Self {
        Self { endpoint: OpenAi::new(remote, http), model: model.to_owned() }
    }

    async fn open(self, prompt: Prompt) -> Result<Pieces, ServiceError> {
        let messages = prompt.messages();
        let body = CompletionRequest {
            model: &self.model,
            messages: messages.iter().map(CompletionMessage::from).collect(),
            stream: true,
            stream_options: StreamOptions { include_usage: true },
        };
        let request = self.endpoint.post("chat/completions").json(&body);
        let response = self.endpoint.http().open_stream(request).await.map_err(upstream)?;
        Ok(pieces(response.bytes_stream()))
    }
}

impl<'t> From<&'t Message> for CompletionMessage<'t> {
    fn from(message: &'t Message) -> Self {
        let role = match message.speaker {
            Speaker::System => "system",
            Speaker::User => "user",
        };
        Self { role, content: &message.text }
    }
}

impl ChatModel for OpenAiChat {
    fn name(&self) -> &str {
        &self.model
    }

    fn answer(&self, prompt: Prompt) -> Pieces {
        stream::once(self.clone().open(prompt)).try_flatten().boxed()
    }
}

/// Returns the pieces in a stream of events, up to its end or its first error.
fn pieces<S, B, E>(bytes: S) -> Pieces
where
    S: Stream<Item = Result<B, E>> + Send + 'static,
    B: AsRef<[u8]> + Send + 'static,
    E: Into<Box<dyn std::error::Error + Send + Sync>> + Send + 'static,
{
    let completion = Completion {
        bytes: bytes.boxed(),
        parser: EventParser::default(),
        ready: VecDeque::new(),
        failure: None,
        state: State::Open,
    };
    stream::unfold(completion, |mut completion| async move {
        completion.next().await.map(|piece| (piece, completion))
    })
    .boxed()
}

/// Completion whose stream is being read.
struct Completion<S> {
    bytes: S,
    parser: EventParser,
    ready: VecDeque<Piece>,
    /// Error that ended the stream. It is returned after the pieces that are ready.
    failure: Option<ServiceError>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    /// The stream continues.
    Open,
    /// The model has reported the end of the text. An event with the usage may follow.
    Finished,
    /// The stream has ended.
    Closed,
}

impl<S, B, E> Completion<S>
where
    S: Stream<Item = Result<B, E>> + Unpin,
    B: AsRef<[u8]>,
    E: Into<Box<dyn std::error::Error + Send + Sync>>,
{
    async fn next(&mut self) -> Option<Result<Piece, ServiceError>> {
        loop {
            if let Some(piece) = self.ready.pop_front() {
                return Some(Ok(piece));
            }
            if let Some(error) = self.failure.take() {
                return Some(Err(error));
            }
            if self.state == State::Closed {
                return None;
            }
            let result = match self.bytes.next().await {
                Some(Ok(bytes)) => self.read(bytes.as_ref()).map_err(upstream),
                Some(Err(error)) => Err(upstream(error)),
                None if self.state == State::Finished => {
                    self.state = State::Closed;
                    Ok(())
                }
                None => Err(upstream(BadStream::Incomplete)),
            };
            if let Err(error) = result {
                self.failure = Some(error);
                self.state = State::Closed;
            }
        }
    }

    fn read(&mut self, bytes: &[u8]) -> Result<(), BadStream> {
        for event in self.parser.push(bytes) {
            if event == "[DONE]" {
                self.state = State::Closed;
                return Ok(());
            }
            let chunk: Chunk = serde_json::from_str(&event)?;
            if let Some(error) = chunk.error {
                return Err(BadStream::Model(error.message));
            }
            // The list has at most one choice, because the request asks for one.
            for choice in chunk.choices {
                if let Some(text) = choice.delta.content.filter(|text| !text.is_empty()) {
                    self.ready.push_back(Piece::Text(text));
                }
                if choice.finish_reason.is_some() {
                    self.state = State::Finished;
                }
            }
            if let Some(ChunkUsage { prompt_tokens, completion_tokens }) = chunk.usage {
                self.ready.push_back(Piece::Usage(Usage { prompt_tokens, completion_tokens }));
            }
        }
        Ok(())
    }
}

fn upstream(source: impl Into<Box<dyn std::error::Error + Send + Sync>>) -> ServiceError {
    ServiceError::Upstream { service: "the chat model", source: source.into() }
}

#[cfg(test)]
mod tests {
    use super::*;

    use std::{convert::Infallible, io};

    const ANSWER: &str = concat!(
        "data: {\"choices\":[{\"delta\":{\"role\":\"assistant\",\"content\":\"\"},\"finish_reason\":null}]}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"Licht \"}}],\"usage\":null}\n\n",
        "data: {\"choices\":[{\"delta\":{\"content\":\"für alle\"}}]}\n\n",
        "data: {\"choices\":[{\"delta\":{},\"finish_reason\":\"stop\"}]}\n\n",
        "data: {\"choices\":[],\"usage\":{\"prompt_tokens\":9,\"completion_tokens\":3,\"total_tokens\":12}}\n\n",
        "data: [DONE]\n\n",
    );

    fn text(text: &str) -> Piece {
        Piece::Text(text.to_owned())
    }

    /// Returns the pieces, and the error at the end, if there is one.
    async fn read(bytes: Vec<&'static [u8]>) -> (Vec<Piece>, Option<String>) {
        let mut stream = pieces(stream::iter(bytes.into_iter().map(Ok::<_, Infallible>)));
        let mut read = Vec::new();
        while let Some(piece) = stream.next().await {
            match piece {
                Ok(piece) => read.push(piece),
                Err(ServiceError::Upstream { source, .. }) => {
                    assert!(stream.next().await.is_none(), "the stream ends after an error");
                    return (read, Some(source.to_string()));
                }
                Err(error) => panic!("{error}"),
            }
        }
        (read, None)
    }

    #[tokio::test]
    async fn an_answer_is_read_in_pieces_of_any_chunk_size() {
        let usage = Piece::Usage(Usage { prompt_tokens: 9, completion_tokens: 3 });
        let expected = (vec![text("Licht "), text("für alle"), usage], None);
        for size in [1, 2, 3, 7, 64, ANSWER.len()] {
            assert_eq!(read(ANSWER.as_bytes().chunks(size).collect()).await, expected, "in chunks of {size}");
        }
    }

    #[tokio::test]
    async fn a_stream_without_done_ends_after_the_finish_reason() {
        let (before, _) = ANSWER.split_once("data: [DONE]").unwrap();
        let (read, error) = read(vec![before.as_bytes()]).await;
        assert_eq!((read.len(), error), (3, None));
    }

    #[tokio::test]
    async fn an_incomplete_stream_is_an_error_after_the_received_pieces() {
        let (before, _) = ANSWER.split_once("data: {\"choices\":[{\"delta\":{},").unwrap();
        let (pieces, error) = read(vec![before.as_bytes()]).await;
        assert_eq!(pieces, [text("Licht "), text("für alle")]);
        assert_eq!(error.as_deref(), Some("the stream ended before the answer was complete"));
    }

    #[tokio::test]
    async fn an_error_event_and_an_invalid_event_are_errors() {
        let stream = "data: {\"choices\":[{\"delta\":{\"content\":\"Li\"}}]}\n\ndata: {\"error\":{\"message\":\"overloaded\"}}\n\n";
        let (pieces, error) = read(vec![stream.as_bytes()]).await;
        assert_eq!(
            (pieces, error.as_deref()),
            (vec![text("Li")], Some("the model reported an error: overloaded"))
        );
        let (_, error) = read(vec![b"data: <html>\n\n"]).await;
        assert_eq!(error.as_deref(), Some("an event does not follow the protocol"));
    }

    #[tokio::test]
    async fn a_lost_connection_is_an_error() {
        let bytes = [
            Ok(&b"data: {\"choices\":[{\"delta\":{\"content\":\"Li\"}}]}\n\n"[..]),
            Err(io::Error::other("reset")),
        ];
        let results: Vec<_> = pieces(stream::iter(bytes)).collect().await;
        assert!(
            matches!(&results[..], [Ok(Piece::Text(_)), Err(ServiceError::Upstream { .. })]),
            "{results:?}"
        );
    }
}
