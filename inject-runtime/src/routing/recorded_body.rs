//! Body of a request that several attempts read.

use std::{
    pin::{Pin, pin},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    task::{Context, Poll, ready},
};

use axum::{
    body::{Body, Bytes, HttpBody},
    http::HeaderMap,
};
use http_body::{Frame, SizeHint};

/// Body whose frames are kept when they are read for the first time.
///
/// Nothing is read before a [`Replay`] is polled, and no more than it is polled for: the limits of extractors hold.
pub(super) struct RecordedBody(Arc<Mutex<Recording>>);

struct Recording {
    body: Body,
    frames: Vec<RecordedFrame>,
    state: State,
}

#[derive(Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Ended,
    /// The client has left, or the body was too large.
    Failed,
}

#[derive(Clone)]
enum RecordedFrame {
    Data(Bytes),
    Trailers(HeaderMap),
}

/// Body of one attempt.
pub(super) struct Replay {
    recording: Arc<Mutex<Recording>>,
    /// Number of the frames that were read.
    position: usize,
}

impl RecordedBody {
    pub(super) fn new(body: Body) -> Self {
        Self(Arc::new(Mutex::new(Recording { body, frames: Vec::new(), state: State::Open })))
    }

    /// Returns the body from its start.
    pub(super) fn replay(&self) -> Replay {
        Replay { recording: Arc::clone(&self.0), position: 0 }
    }

    /// Returns whether the body could not be read to its end. It cannot be replayed then.
    pub(super) fn has_failed(&self) -> bool {
        lock(&self.0).state == State::Failed
    }
}

fn lock(recording: &Mutex<Recording>) -> MutexGuard<'_, Recording> {
    recording.lock().unwrap_or_else(PoisonError::into_inner)
}

impl Recording {
    /// Reads another frame.
    fn poll_next(&mut self, cx: &mut Context<'_>) -> Poll<Option<Result<(), axum::Error>>> {
        match self.state {
            State::Open => {}
            State::Ended => return Poll::Ready(None),
            State::Failed => {
                let error = "the body of the request could not be read";
                return Poll::Ready(Some(Err(axum::Error::new(error))));
            }
        }
        let frame = match ready!(pin!(&mut self.body).poll_frame(cx)) {
            Some(Ok(frame)) => frame,
            Some(Err(error)) => {
                self.state = State::Failed;
                return Poll::Ready(Some(Err(error)));
            }
            None => {
                self.state = State::Ended;
                return Poll::Ready(None);
            }
        };
        let recorded = match frame.into_data() {
            Ok(data) => Some(RecordedFrame::Data(data)),
            Err(frame) => frame.into_trailers().ok().map(RecordedFrame::Trailers),
        };
        self.frames.extend(recorded);
        Poll::Ready(Some(Ok(())))
    }
}

impl HttpBody for Replay {
    type Data = Bytes;
    type Error = axum::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
        let this = &mut *self;
        let mut recording = lock(&this.recording);
        loop {
            if let Some(frame) = recording.frames.get(this.position).cloned() {
                this.position += 1;
                let frame = match frame {
                    RecordedFrame::Data(data) => Frame::data(data),
                    RecordedFrame::Trailers(trailers) => Frame::trailers(trailers),
                };
                return Poll::Ready(Some(Ok(frame)));
            }
            match ready!(recording.poll_next(cx)) {
                // A frame of a kind that is not known is left out.
                Some(Ok(())) => {}
                Some(Err(error)) => return Poll::Ready(Some(Err(error))),
                None => return Poll::Ready(None),
            }
        }
    }

    fn is_end_stream(&self) -> bool {
        let recording = lock(&self.recording);
        let is_read = recording.frames.len() <= self.position;
        is_read && (recording.state == State::Ended || recording.body.is_end_stream())
    }

    fn size_hint(&self) -> SizeHint {
        let recording = lock(&self.recording);
        let recorded = recording.frames.iter().skip(self.position).map(|frame| match frame {
            RecordedFrame::Data(data) => data.len() as u64,
            RecordedFrame::Trailers(_) => 0,
        });
        let recorded: u64 = recorded.sum();
        let rest = recording.body.size_hint();
        let mut hint = SizeHint::new();
        if let Some(upper) = rest.upper().and_then(|upper| upper.checked_add(recorded)) {
            hint.set_upper(upper);
        }
        hint.set_lower(rest.lower().saturating_add(recorded));
        hint
    }
}

#[cfg(test)]
mod tests {
    use axum::{
        body::{Body, Bytes, HttpBody, to_bytes},
        http::HeaderMap,
    };
    use futures_util::{StreamExt as _, stream};
    use http_body::Frame;

    use super::*;

    fn chunks() -> Body {
        Body::from_stream(stream::iter(["{\"title\":", "\"Emma\"", "}"].map(Ok::<_, std::io::Error>)))
    }

    async fn text(body: impl HttpBody<Data = Bytes, Error = axum::Error> + Send + 'static) -> String {
        let bytes = to_bytes(Body::new(body), usize::MAX).await.expect("a body");
        String::from_utf8(bytes.to_vec()).expect("text")
    }

    #[tokio::test]
    async fn each_replay_is_the_whole_body() {
        let body = RecordedBody::new(chunks());
        for _ in 0..2 {
            assert_eq!(text(body.replay()).await, "{\"title\":\"Emma\"}");
        }
        assert!(body.replay().size_hint().exact().is_none());
        assert_eq!(body.replay().size_hint().lower(), 16);
    }

    #[tokio::test]
    async fn a_replay_continues_where_an_earlier_one_has_stopped() {
        let body = RecordedBody::new(chunks());
        let mut stream = Body::new(body.replay()).into_data_stream();
        assert_eq!(stream.next().await.expect("a frame").expect("data"), "{\"title\":");
        drop(stream);
        assert_eq!(lock(&body.0).frames.len(), 1);
        assert_eq!(text(body.replay()).await, "{\"title\":\"Emma\"}");
    }

    #[tokio::test]
    async fn a_body_that_fails_fails_for_each_replay() {
        let parts = [Ok("{"), Err(std::io::Error::other("the client has left"))];
        let body = RecordedBody::new(Body::from_stream(stream::iter(parts)));
        assert!(!body.has_failed());
        for _ in 0..2 {
            to_bytes(Body::new(body.replay()), usize::MAX).await.expect_err("it has failed");
            assert!(body.has_failed());
        }
    }

    /// Body of one frame of data, and trailers.
    struct WithTrailers(u8);

    impl HttpBody for WithTrailers {
        type Data = Bytes;
        type Error = axum::Error;

        fn poll_frame(
            mut self: Pin<&mut Self>,
            _: &mut Context<'_>,
        ) -> Poll<Option<Result<Frame<Bytes>, axum::Error>>> {
            self.0 += 1;
            Poll::Ready(match self.0 {
                1 => Some(Ok(Frame::data(Bytes::from_static(b"data")))),
                2 => Some(Ok(Frame::trailers(HeaderMap::from_iter([(
                    axum::http::header::ETAG,
                    axum::http::HeaderValue::from_static("1"),
                )])))),
                _ => None,
            })
        }
    }

    #[tokio::test]
    async fn trailers_are_replayed() {
        let body = RecordedBody::new(Body::new(WithTrailers(0)));
        for _ in 0..2 {
            let mut replay = body.replay();
            let mut frames = Vec::new();
            while let Some(frame) = std::future::poll_fn(|cx| Pin::new(&mut replay).poll_frame(cx)).await {
                frames.push(frame.expect("a frame").is_trailers());
            }
            assert_eq!(frames, [false, true]);
            assert!(replay.is_end_stream());
        }
    }
}
