//! Streams that have a request scope of their own.

use std::{
    fmt,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
};

use futures_util::{FutureExt as _, Stream};
use tokio::sync::mpsc;

use super::{NewScope, TaskOutput};
use crate::{
    boxed::{BoxError, BoxFuture},
    panic::panic_message,
};

impl<T: Send + 'static> NewScope<T> {
    /// Returns a stream of the items that `body` sends. The scope is open until the stream ends: a response that is
    /// generated from a unit of work reads and writes in one transaction.
    ///
    /// The scope opens when the stream is polled for the first time. It is closed with a success when `body` has returned
    /// `Ok` and all items are taken: what was written is committed. If `body` fails or panics, a value cannot be
    /// extracted, or the commit fails, the changes are not kept, and the last item is an `Err`, which breaks off the body
    /// of the response. If the stream is dropped before its end, because the client has left, the scope is canceled.
    ///
    /// ```
    /// use axum::body::Body;
    /// use inject_runtime::{BoxError, NewScope, Routes, container, get, routes, service};
    ///
    /// #[service(scope = request)]
    /// pub struct Export {}
    ///
    /// impl Export {
    ///     async fn next(&mut self) -> Result<Option<String>, BoxError> {
    ///         // the next row ..
    ///         # Ok(None)
    ///     }
    /// }
    ///
    /// #[get("/export", public)]
    /// pub async fn export(exports: NewScope<Export>) -> Body {
    ///     Body::from_stream(exports.stream(async move |mut export, items| {
    ///         while let Some(row) = export.next().await? {
    ///             items.send(row).await?;
    ///         }
    ///         Ok::<_, BoxError>(())
    ///     }))
    /// }
    ///
    /// #[container]
    /// pub struct App {}
    ///
    /// fn all() -> Routes<App> {
    ///     routes![export]
    /// }
    /// ```
    pub fn stream<I, F>(self, body: impl FnOnce(T, StreamItems<I>) -> F + Send + 'static) -> ScopeStream<I>
    where
        I: Send + 'static,
        F: Future<Output: TaskOutput> + Send + 'static,
    {
        let (sender, items) = mpsc::channel(1);
        let run = async move {
            self.run(async move |value| body(value, StreamItems(sender)).await.into_result()).await
        };
        let run = async {
            AssertUnwindSafe(run).catch_unwind().await.unwrap_or_else(|panic| {
                tracing::error!(panic = panic_message(&*panic), "a stream panicked");
                Err("the stream panicked".into())
            })
        };
        ScopeStream { run: Some(Box::pin(run)), items, error: None }
    }
}

/// Sender of the items of a [stream](NewScope::stream).
pub struct StreamItems<I>(mpsc::Sender<I>);

impl<I: Send + 'static> StreamItems<I> {
    /// Sends an item, and waits until it is taken.
    ///
    /// # Errors
    ///
    /// If the stream was dropped. The future that sends is usually dropped with it.
    pub async fn send(&self, item: I) -> Result<(), BoxError> {
        let gone = || BoxError::from("the stream was dropped");
        self.0.send(item).await.map_err(|_| gone())?;
        // There is room for one item: it is taken when there is room again.
        self.0.reserve().await.map(drop).map_err(|_| gone())
    }
}

impl<I> fmt::Debug for StreamItems<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("StreamItems").finish_non_exhaustive()
    }
}

/// Stream with a request scope of its own, returned by [`NewScope::stream`].
#[must_use = "a stream does nothing until it is polled"]
pub struct ScopeStream<I> {
    /// `None` when the scope is closed.
    run: Option<BoxFuture<'static, Result<(), BoxError>>>,
    items: mpsc::Receiver<I>,
    error: Option<BoxError>,
}

impl<I> Stream for ScopeStream<I> {
    type Item = Result<I, BoxError>;

    fn poll_next(mut self: Pin<&mut Self>, cx: &mut Context<'_>) -> Poll<Option<Self::Item>> {
        let this = &mut *self;
        if let Some(run) = &mut this.run
            && let Poll::Ready(ended) = run.poll_unpin(cx)
        {
            this.run = None;
            this.error = ended.err();
        }
        match this.items.poll_recv(cx) {
            Poll::Ready(Some(item)) => Poll::Ready(Some(Ok(item))),
            _ if this.run.is_some() => Poll::Pending,
            // A sender that was moved elsewhere sends in vain.
            _ => Poll::Ready(this.error.take().map(Err)),
        }
    }
}

impl<I> fmt::Debug for ScopeStream<I> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("ScopeStream").finish_non_exhaustive()
    }
}
