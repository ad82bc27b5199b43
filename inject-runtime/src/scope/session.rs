//! Sessions over `WebSocket`s.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    pin::Pin,
    sync::{
        Arc,
        atomic::{AtomicU8, Ordering},
    },
    task::{Context, Poll, ready},
};

use axum::{
    extract::{
        FromRequestParts, WebSocketUpgrade,
        ws::{Message, WebSocket},
    },
    http::{HeaderValue, StatusCode, request::Parts},
    response::{IntoResponse as _, Response},
};
use futures_util::{FutureExt as _, Sink, Stream, StreamExt as _};
use tokio::sync::oneshot;

use super::TaskOutput;
use crate::{
    extract::Native,
    frame::{
        Completion, Frame, Loan, Provision, Rejection, RequestContext, Session, SessionSlot, outside_of_scope,
    },
    metadata::{Describable, Origin, ParameterKind, TakenOnce},
    panic::panic_message,
    problem::ErrorChain,
};

/// Extractor for a `WebSocket` whose session is a part of the request: axum's
/// [`WebSocketUpgrade`], in the request scope.
///
/// ```
/// use axum::{extract::ws::Message, response::Response};
/// use inject_runtime::{
///     Bearer, BoxError, NewScope, Routes, SessionUpgrade, Stopping, container, get, inject, routes, service,
/// };
///
/// #[derive(Clone)]
/// pub struct CurrentUser(String);
///
/// #[inject]
/// pub fn current_user(bearer: Bearer) -> CurrentUser {
///     CurrentUser(bearer.token().to_owned())
/// }
///
/// #[service(scope = request)]
/// pub struct Chat {
///     user: CurrentUser,
/// }
///
/// impl Chat {
///     pub async fn post(&mut self, text: &str) -> Result<String, BoxError> {
///         Ok(format!("{}: {text}", self.user.0))
///     }
/// }
///
/// #[get("/chat", authenticated = CurrentUser)]
/// pub async fn chat(upgrade: SessionUpgrade, chats: NewScope<Chat>, stopping: Stopping) -> Response {
///     upgrade.scoped(async move |mut socket| {
///         loop {
///             let message = tokio::select! {
///                 message = socket.recv() => message,
///                 () = stopping.wait() => break,
///             };
///             let Some(Message::Text(text)) = message.transpose()? else { break };
///             // Each message has a transaction of its own, and the principal of the session.
///             let line = chats.run(async |mut chat| chat.post(&text).await).await?;
///             socket.send(Message::text(line)).await?;
///         }
///         Ok::<_, BoxError>(())
///     })
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![chat]
/// }
/// ```
///
/// # The session
///
/// The request ends with the handshake: its transaction is committed, and the resources are closed that close before the
/// head of a response. Resources under `#[inject(teardown, until = body)]` remain open until the session has ended. They
/// are closed with its [`Outcome`](crate::Outcome):
///
/// | the session | outcome |
/// |---|---|
/// | returned `()` or `Ok` | `Success` |
/// | returned an `Err`, which is logged | `Failure`, with the status 500 |
/// | panicked | `Panic` |
/// | lost the connection: its stream ended, or failed, without a closing message | `Cancelled`, whatever it returned |
/// | was aborted at the deadline of a stop; or the client left before the end of the handshake | `Cancelled` |
///
/// The connection is known to be lost when the session receives or sends: a session that does neither does not learn it.
/// A client that loses its network may leave no trace; to notice it, send a ping from time to time.
///
/// A message has no scope by itself. A [`NewScope`](crate::NewScope) opens one for each, with the principal of the access
/// policy.
///
/// # The stop of the server
///
/// The session is one of the [`Tasks`](crate::Tasks) of the application. At a stop of [`serve`](crate::serve), a
/// [`Stopping`](crate::Stopping) tells it, and the server waits for it. What has not ended at the deadline is
/// named, as in `WebSocket /chat`, and aborted, before the container is shut down.
#[must_use = "the session starts with the response of `scoped`"]
pub struct SessionUpgrade {
    upgrade: WebSocketUpgrade,
    session: SessionSlot,
    path: String,
}

/// Number of characters of a path in the name of a task.
const MAX_PATH: usize = 100;

impl SessionUpgrade {
    /// Configures axum's upgrade: subprotocols, limits for messages.
    ///
    /// ```
    /// # use axum::response::Response;
    /// # use inject_runtime::{SessionUpgrade, get};
    /// #[get("/chat", public)]
    /// pub async fn chat(upgrade: SessionUpgrade) -> Response {
    ///     let upgrade = upgrade.map_upgrade(|upgrade| upgrade.protocols(["chat"]).max_message_size(4096));
    ///     upgrade.scoped(async |_socket| {})
    /// }
    /// ```
    pub fn map_upgrade(self, map: impl FnOnce(WebSocketUpgrade) -> WebSocketUpgrade) -> Self {
        Self { upgrade: map(self.upgrade), ..self }
    }

    /// Returns the response that switches to the `WebSocket`. When the client has received it, `session` runs.
    ///
    /// If the endpoint returns another response, there is no session.
    pub fn scoped<F>(self, session: impl FnOnce(SessionSocket) -> F + Send + 'static) -> Response
    where
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let Self { upgrade, session: slot, path } = self;
        let (sender, receiver) = oneshot::channel();
        slot.set(Session {
            name: format!("WebSocket {path}").into(),
            run: Box::new(|frame| Box::pin(run(frame, receiver, session))),
        });
        upgrade
            .on_failed_upgrade(|error| tracing::debug!(%error, "no session: the upgrade failed"))
            .on_upgrade(async |socket| _ = sender.send(socket))
    }
}

/// Runs a session, and closes what the request has left open.
async fn run<F: Future<Output: TaskOutput>>(
    mut frame: Frame,
    socket: oneshot::Receiver<WebSocket>,
    session: impl FnOnce(SessionSocket) -> F,
) {
    // A frame that is dropped before its end closes the resources as canceled.
    let Ok(socket) = socket.await else { return };
    let connection = Connection::default();
    let socket = SessionSocket { socket, connection: connection.clone() };
    let ended = AssertUnwindSafe(async { session(socket).await.into_result() }).catch_unwind().await;
    let failure = || StatusCode::INTERNAL_SERVER_ERROR.into_response();
    let (mut response, completion) = match ended {
        Err(panic) => {
            tracing::error!(panic = panic_message(&*panic), "a session panicked");
            (failure(), Completion::Panicked)
        }
        Ok(result) if connection.is_lost() => {
            if let Err(error) = result {
                tracing::debug!(error = %ErrorChain(&*error), "a session lost its connection");
            }
            (failure(), Completion::Cancelled)
        }
        Ok(Err(error)) => {
            tracing::error!(error = %ErrorChain(&*error), "a session failed");
            (failure(), Completion::Answered)
        }
        Ok(Ok(())) => (Response::default(), Completion::Answered),
    };
    frame.finish(&mut response, completion, false).await;
}

/// `WebSocket` of a [session](SessionUpgrade): axum's [`WebSocket`], which it is used like.
pub struct SessionSocket {
    socket: WebSocket,
    connection: Connection,
}

impl SessionSocket {
    /// Receives the next message. Returns `None` if the stream has ended.
    pub async fn recv(&mut self) -> Option<Result<Message, axum::Error>> {
        self.next().await
    }

    /// Sends a message.
    ///
    /// # Errors
    ///
    /// If the connection is lost or closed, or the message is too large.
    pub async fn send(&mut self, message: Message) -> Result<(), axum::Error> {
        futures_util::SinkExt::send(self, message).await
    }

    /// Returns the subprotocol that was selected.
    #[must_use]
    pub fn protocol(&self) -> Option<&HeaderValue> {
        self.socket.protocol()
    }
}

impl fmt::Debug for SessionSocket {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionSocket").finish_non_exhaustive()
    }
}

impl Stream for SessionSocket {
    type Item = Result<Message, axum::Error>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let received = ready!(self.socket.poll_next_unpin(cx));
        match &received {
            Some(Ok(Message::Close(_))) => self.connection.set(Connection::CLOSED),
            Some(Ok(_)) => {}
            Some(Err(_)) | None => self.connection.set(Connection::LOST),
        }
        Poll::Ready(received)
    }
}

impl Sink<Message> for SessionSocket {
    type Error = axum::Error;

    fn poll_ready(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        let polled = Pin::new(&mut self.socket).poll_ready(cx);
        self.connection.observe(polled)
    }

    fn start_send(mut self: Pin<&mut Self>, message: Message) -> Result<(), axum::Error> {
        let is_close = matches!(message, Message::Close(_));
        Pin::new(&mut self.socket).start_send(message)?;
        if is_close {
            self.connection.set(Connection::CLOSED);
        }
        Ok(())
    }

    fn poll_flush(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        let polled = Pin::new(&mut self.socket).poll_flush(cx);
        self.connection.observe(polled)
    }

    fn poll_close(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Result<(), axum::Error>> {
        let polled = Pin::new(&mut self.socket).poll_close(cx);
        if let Poll::Ready(Ok(())) = polled {
            self.connection.set(Connection::CLOSED);
        }
        self.connection.observe(polled)
    }
}

/// State of the connection. The first end counts.
#[derive(Clone, Default)]
struct Connection(Arc<AtomicU8>);

impl Connection {
    const OPEN: u8 = 0;
    /// One side has sent a closing message.
    const CLOSED: u8 = 1;
    const LOST: u8 = 2;

    fn set(&self, state: u8) {
        _ = self.0.compare_exchange(Self::OPEN, state, Ordering::Relaxed, Ordering::Relaxed);
    }

    fn observe(&self, polled: Poll<Result<(), axum::Error>>) -> Poll<Result<(), axum::Error>> {
        if let Poll::Ready(Err(_)) = polled {
            self.set(Self::LOST);
        }
        polled
    }

    fn is_lost(&self) -> bool {
        self.0.load(Ordering::Relaxed) == Self::LOST
    }
}

impl SessionUpgrade {
    async fn extract(parts: &mut Parts, frame: &mut Frame) -> Provision<Self> {
        let upgrade = WebSocketUpgrade::from_request_parts(parts, &()).await;
        let upgrade = upgrade.map_err(|rejection| Rejection::of(rejection).named::<Self>())?;
        let session = frame.session().ok_or_else(outside_of_scope::<Self>)?;
        let path = parts.uri.path().chars().take(MAX_PATH).collect();
        Ok(Self { upgrade, session, path })
    }
}

impl<C: Send + Sync> Native<C> for SessionUpgrade {
    async fn extract(context: &mut RequestContext<'_, C>) -> Provision<Self> {
        Self::extract(context.parts, context.frame).await
    }
}

impl<S: Sync> FromRequestParts<S> for SessionUpgrade {
    type Rejection = Response;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Response> {
        let mut loan = Loan::of(&parts.extensions);
        let mut none = Frame::default();
        let frame = loan.as_mut().map_or(&mut none, Loan::frame);
        Ok(Self::extract(parts, frame).await?)
    }
}

impl TakenOnce for SessionUpgrade {}

impl Describable for SessionUpgrade {
    const KIND: ParameterKind = ParameterKind::Scoped;
    const ORIGIN: Origin = Origin::Runtime { is_sync: false };
}

impl fmt::Debug for SessionUpgrade {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("SessionUpgrade").field("path", &self.path).finish_non_exhaustive()
    }
}

#[cfg(feature = "openapi")]
impl crate::operation::OperationInput for SessionUpgrade {
    fn operation_input(operation: &mut crate::operation::OperationDraft) {
        WebSocketUpgrade::operation_input(operation);
    }
}
