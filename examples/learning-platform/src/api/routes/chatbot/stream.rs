//! An answer as a stream of server-sent events.

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

/// `text/event-stream`: `passage`, `delta` and `done` or `error`.
///
/// It holds nothing of the request. When the client is gone, it is dropped, and with it the call to the model.
pub struct AnswerStream(pub Answer);

impl IntoResponse for AnswerStream {
    fn into_response(self) -> Response {
        let Answer { passages, model, pieces } = self.0;
        let passages = CitationResponse::numbered(passages).map(|it| event("passage", &it));
        let rest = Rest { pieces, model, characters: 0, usage: None, ended: false };
        let events = stream::iter(passages).chain(rest.events()).map(Ok::<_, Infallible>);
        // Models think before they speak, and proxies hang up on the silent.
        Sse::new(events).keep_alive(KeepAlive::default()).into_response()
    }
}

/// What comes after the passages.
struct Rest {
    pieces: Pieces,
    model: String,
    characters: usize,
    usage: Option<Usage>,
    ended: bool,
}

impl Rest {
    fn events(self) -> impl Stream<Item = Event> {
        stream::unfold(self, |mut rest| async move { rest.next().await.map(|event| (event, rest)) })
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

/// The head is gone, so the error is the last event. As elsewhere, a client reads what fits strangers, and the log has the rest.
fn failure(error: ServiceError) -> Event {
    let error = ApiError::from(error);
    tracing::error!(error = &error as &dyn std::error::Error, "an answer broke off");
    event("error", &error.to_problem())
}

fn event(name: &str, data: &impl Serialize) -> Event {
    let event = Event::default().event(name);
    // None of what is sent here fails to be JSON; if it did, the event would say so by its lack of data.
    event.json_data(data).unwrap_or_else(|error| {
        tracing::error!(%error, name, "an event has no data");
        Event::default().event(name)
    })
}
