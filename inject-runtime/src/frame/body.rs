//! Body that closes its scope when it ends.

use std::{
    pin::{Pin, pin},
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::StatusCode,
};
use futures_util::FutureExt as _;
use http_body::{Frame, SizeHint};
use tracing::{Instrument as _, Span};

use super::{
    Outcome, Tasks,
    closing::{DeferredWork, RequestOutcome},
};
use crate::endpoint_label::{self, Entered, Label, Labeled};

/// Body that finishes the deferred work of a scope when it ends.
pub(super) struct ScopedBody {
    body: Body,
    span: Option<Span>,
    label: Label,
    tasks: Tasks,
    state: BodyState,
}

enum BodyState {
    Open(DeferredWork),
    /// Future of the end of the deferred work. Its output is `true` if all teardowns succeeded.
    Closing(Labeled<bool>),
    Done,
}

impl ScopedBody {
    pub(super) fn new(body: Body, span: Option<Span>, deferred: DeferredWork, tasks: Tasks) -> Self {
        Self { body, span, label: endpoint_label::current(), tasks, state: BodyState::Open(deferred) }
    }

    /// Starts to finish the deferred work, with `outcome`.
    fn close(&mut self, outcome: Outcome) {
        match std::mem::replace(&mut self.state, BodyState::Done) {
            BodyState::Open(mut deferred) if deferred.resources.is_empty() => {
                let _span = self.span.as_ref().map(Span::enter);
                let _label = Entered::enter(&mut self.label);
                deferred.end_queue(true);
            }
            BodyState::Open(deferred) => {
                let span = self.span.clone().unwrap_or_else(Span::none);
                let finish = Box::pin(deferred.finish(RequestOutcome::of(outcome), true).instrument(span));
                self.state = BodyState::Closing(Labeled::new(self.label.take(), finish));
            }
            state => self.state = state,
        }
    }
}

impl HttpBody for ScopedBody {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        if let BodyState::Open(_) = this.state {
            match ready!(pin!(&mut this.body).poll_frame(cx)) {
                Some(Ok(frame)) => return Poll::Ready(Some(Ok(frame))),
                Some(Err(error)) => {
                    this.close(Outcome::Failure(StatusCode::INTERNAL_SERVER_ERROR));
                    return Poll::Ready(Some(Err(error)));
                }
                None => this.close(Outcome::Success),
            }
        }
        if let BodyState::Closing(closing) = &mut this.state {
            let succeeded = ready!(closing.poll_unpin(cx));
            this.state = BodyState::Done;
            if !succeeded {
                // The head has been sent. An error ends the body early, so that the client does not take
                // the response for a success.
                return Poll::Ready(Some(Err(axum::Error::new(
                    "a resource of the response could not be closed",
                ))));
            }
        }
        Poll::Ready(None)
    }

    fn is_end_stream(&self) -> bool {
        match &self.state {
            BodyState::Open(deferred) => deferred.resources.is_empty() && self.body.is_end_stream(),
            BodyState::Closing(_) => false,
            BodyState::Done => true,
        }
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

impl Drop for ScopedBody {
    fn drop(&mut self) {
        // The server does not poll a body of known length for its end; a body that is dropped early is not
        // at its end.
        self.close(if self.body.is_end_stream() { Outcome::Success } else { Outcome::Cancelled });
        if let BodyState::Closing(closing) = std::mem::replace(&mut self.state, BodyState::Done) {
            self.tasks.spawn("end of a response", async { _ = closing.await });
        }
    }
}
