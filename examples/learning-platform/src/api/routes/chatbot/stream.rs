//! Stream of server-sent events with an answer.

use std::convert::Infallible;

use axum::response::{
    IntoResponse, Response, Sse,
    sse::{Event, KeepAlive},
};
use futures_util::{Stream, StreamExt as _, stream};
use inject_runtime::ToProblem as _;
use serde::Serialize;

use crate::{
    api::errors::ApiError,
    schemas::chat::{CitationResponse, DeltaResponse, DoneResponse},
    services::{
        ServiceError,
        rag::{Answer, Piece, Pieces, Usage},
    },
};

/// Response of the type `text/event-stream` with the events `passage`, `delta`, and `done` or `error`.
///
/// The stream holds no values of the request. When the client disconnects, the stream is dropped, and the request to
/// the model with it.
pub struct AnswerStream(pub Answer);

impl IntoResponse for AnswerStream {
    fn into_response(self) -> Response {
        let Answer { passages, model, pieces } = self.0;
        let passages = CitationResponse::number(passages).map(|citation| event("passage", &citation));
        let remaining = RemainingEvents { pieces, model, characters: 0, usage: None, ended: false };
        let events = stream::iter(passages).chain(remaining.events()).map(Ok::<_, Infallible>);
        // Keep-alive comments prevent proxies from closing the connection while the model is silent.
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }
}

/// Events after the passages.
struct RemainingEvents {
    pieces: Pieces,
    model: String,
    characters: usize,
    usage: Option<Usage>,
    ended: bool,
}

impl RemainingEvents {
    fn events(self) -> impl Stream<Item = Event> {
        stream::unfold(self, |mut state| async move { state.next().await.map(|event| (event, state)) })
    }

    async fn next(&mut self) -> Option<Event> {
        while !self.ended {
            match self.pieces.next().await {
                Some(Ok(Piece::Text(text))) => {
                    self.characters += text.chars().count();
                    return Some(event("delta", &DeltaResponse { text }));
                }
                Some(Ok(Piece::Usage(usage))) => self.usage = Some(usage),
                Some(Err(error)) => {
                    self.ended = true;
                    return Some(failure(error));
                }
                None => {
                    self.ended = true;
                    return Some(event("done", &self.done()));
                }
            }
        }
        None
    }

    fn done(&self) -> DoneResponse {
        DoneResponse {
            model: self.model.clone(),
            characters: self.characters,
            usage: self.usage.map(Into::into),
        }
    }
}

/// Returns the last event of a failed answer, because the head of the response was already sent. As for other errors,
/// the client gets a problem, and the details go to the log.
fn failure(error: ServiceError) -> Event {
    let error = ApiError::from(error);
    tracing::error!(error = &error as &dyn std::error::Error, "the answer is incomplete");
    event("error", &error.to_problem())
}

fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    // All data of this module can be serialized. If it could not, the event would be sent without data.
    event.json_data(data).unwrap_or_else(|error| {
        tracing::error!(%error, name, "cannot serialize the data of an event");
        Event::default().event(name)
    })
}
