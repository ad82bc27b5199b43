//! Handle on the stop of the server.

use std::fmt;

use futures_util::{FutureExt as _, Stream, StreamExt as _};

use super::Tasks;
use crate::{
    layer::{Common, Layered},
    metadata::{Describable, Origin, ParameterKind},
};

/// Extractor that tells when the server is going to stop, for what has no end of its own: server-sent events, other
/// long responses, background tasks.
///
/// [`serve`](crate::serve) tells it at the signal, and then waits for the requests and tasks in progress, up to its
/// deadline. Without [`serve`](crate::serve), [`Tasks::stop`] tells it.
///
/// ```
/// use std::{convert::Infallible, time::Duration};
/// use axum::response::sse::{Event, Sse};
/// use futures_util::stream::{self, BoxStream, StreamExt as _};
/// use inject_runtime::{BackgroundTasks, Routes, Stopping, container, get, post, routes};
///
/// #[get("/clock", public)]
/// pub async fn clock(stopping: Stopping) -> Sse<BoxStream<'static, Result<Event, Infallible>>> {
///     let ticks = stream::repeat_with(|| Ok(Event::default().data("tick")))
///         .then(async |tick| {
///             tokio::time::sleep(Duration::from_secs(1)).await;
///             tick
///         });
///     Sse::new(stopping.end_stream(ticks).boxed())
/// }
///
/// #[post("/import", public)]
/// pub async fn import(stopping: Stopping, tasks: BackgroundTasks) {
///     tasks.add("import", async move {
///         while !stopping.is_stopping() {
///             // the next line ..
///             # break;
///         }
///     });
/// }
///
/// #[container]
/// pub struct App {}
///
/// fn all() -> Routes<App> {
///     routes![clock, import]
/// }
/// ```
#[derive(Clone)]
pub struct Stopping(Tasks);

impl Stopping {
    /// Creates a handle on the stop of these tasks.
    pub(super) fn of(tasks: &Tasks) -> Self {
        Self(tasks.clone())
    }

    /// Creates a handle for tests, jobs and command-line tools that do not stop early.
    /// [`Tasks::stopping`] creates one for those that do.
    ///
    /// ```
    /// use futures_util::stream::{self, StreamExt as _};
    /// use inject_runtime::{Stopping, Tasks};
    ///
    /// # #[tokio::main(flavor = "current_thread")]
    /// # async fn main() {
    /// let numbers = Stopping::never().end_stream(stream::iter([1, 2, 3]));
    /// assert_eq!(numbers.collect::<Vec<_>>().await, [1, 2, 3]);
    ///
    /// let tasks = Tasks::default();
    /// let numbers = tasks.stopping().end_stream(stream::iter([1, 2, 3]));
    /// tasks.stop();
    /// assert_eq!(numbers.count().await, 0);
    /// # }
    /// ```
    #[must_use]
    pub fn never() -> Self {
        Self(Tasks::default())
    }

    /// Returns whether the server is going to stop.
    #[must_use]
    pub fn is_stopping(&self) -> bool {
        self.0.stop_token().is_cancelled()
    }

    /// Waits until the server is going to stop. It can be used in `tokio::select!`: a wait that is dropped has no effect.
    ///
    /// ```
    /// use inject_runtime::Stopping;
    /// use tokio::sync::mpsc::Receiver;
    ///
    /// async fn work(stopping: Stopping, mut jobs: Receiver<u32>) {
    ///     loop {
    ///         tokio::select! {
    ///             () = stopping.wait() => break,
    ///             Some(job) = jobs.recv() => println!("{job}"),
    ///             else => break,
    ///         }
    ///     }
    /// }
    /// ```
    pub async fn wait(&self) {
        self.0.stop_token().cancelled().await;
    }

    /// Returns a stream that ends when `stream` ends, or when the server is going to stop. `stream` is then dropped
    /// with the returned stream.
    pub fn end_stream<S: Stream>(&self, stream: S) -> impl Stream<Item = S::Item> + use<S> {
        let stopping = self.clone();
        // Boxed, so that the returned stream is `Unpin` if `stream` is.
        stream.take_until(async move { stopping.wait().await }.boxed())
    }
}

impl fmt::Debug for Stopping {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Stopping").field("is_stopping", &self.is_stopping()).finish()
    }
}

impl Describable for Stopping {
    const KIND: ParameterKind = ParameterKind::Scoped;
    const ORIGIN: Origin = Origin::Runtime { is_sync: true };
}

impl Layered for Stopping {
    type Layer = Common;
}
