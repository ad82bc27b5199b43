//! HTTP server, from the first connection to the last shutdown hook.

use std::{fmt, io, net::SocketAddr, pin::Pin, sync::Arc, time::Duration};

use axum::serve::ListenerExt as _;
use tokio::{net::TcpListener, sync::oneshot};

use super::routes::Routes;
use crate::{
    boxed::BoxFuture,
    container::{DEFAULT_DEADLINE, SharedContainer, ShutdownError, shut_down},
    scope::DrainError,
};

/// Serves `routes` over `container` until SIGINT or SIGTERM arrives, or until the future of
/// [`until`](Serve::until) completes.
///
/// The server then stops in this order:
///
/// 1. It accepts no new connections, and waits for the requests in progress.
/// 2. It waits for the [background tasks](crate::BackgroundTasks) and teardowns that the requests left.
/// 3. It shuts the container down.
///
/// Each of the first two steps has a time limit of 15 seconds; [`deadline`](Serve::deadline) changes it. The
/// server does not wait for requests that take longer: they end with the process. Tasks that take longer are
/// aborted, and named in the error.
///
/// Handlers and providers can extract axum's [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo), the
/// remote address of the connection.
///
/// ```no_run
/// # use inject_runtime::{Routes, container};
/// # #[container]
/// # pub struct App {}
/// # fn routes() -> Routes<App> { Routes::new() }
/// #[tokio::main]
/// async fn main() -> Result<(), Box<dyn std::error::Error>> {
///     let app = App::builder().build().await?;
///     let listener = tokio::net::TcpListener::bind("127.0.0.1:8080").await?;
///     inject_runtime::serve(listener, app, routes()).await?;
///     Ok(())
/// }
/// ```
pub fn serve<C: SharedContainer>(listener: TcpListener, container: Arc<C>, routes: Routes<C>) -> Serve<C> {
    Serve { listener, container, routes, until: Box::pin(shutdown_signal()), deadline: DEFAULT_DEADLINE }
}

/// Server that starts when it is awaited: see [`serve`].
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<C> {
    listener: TcpListener,
    container: Arc<C>,
    routes: Routes<C>,
    until: BoxFuture<'static, ()>,
    deadline: Duration,
}

impl<C> Serve<C> {
    /// Stops the server when `signal` completes, instead of at SIGINT or SIGTERM.
    pub fn until(self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { until: Box::pin(signal), ..self }
    }

    /// Sets the time limit for requests in progress when the server stops, and again for the background tasks
    /// and teardowns that they left. The default is 15 seconds for each.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }
}

impl<C> fmt::Debug for Serve<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("routes", &self.routes)
            .field("deadline", &self.deadline)
            .finish_non_exhaustive()
    }
}

impl<C: SharedContainer> IntoFuture for Serve<C> {
    type Output = Result<(), ServeError>;
    type IntoFuture = Pin<Box<dyn Future<Output = Result<(), ServeError>> + Send>>;

    fn into_future(self) -> Self::IntoFuture {
        Box::pin(self.run())
    }
}

impl<C: SharedContainer> Serve<C> {
    async fn run(self) -> Result<(), ServeError> {
        let Self { listener, container, routes, until, deadline } = self;
        let tasks = routes.tasks();
        let router = routes.into_router(Arc::clone(&container));
        let (stopping, stopped) = oneshot::channel();
        let listening = axum::serve(
            listener.tap_io(|stream| {
                // Without TCP_NODELAY, the last packet of a response may wait until the client acknowledges the
                // previous packet.
                if let Err(error) = stream.set_nodelay(true) {
                    tracing::debug!(%error, "cannot set TCP_NODELAY");
                }
            }),
            router.into_make_service_with_connect_info::<SocketAddr>(),
        )
        .with_graceful_shutdown(async {
            until.await;
            _ = stopping.send(());
        });
        let shutdown_timeout = async {
            // If the sender is dropped, the server has ended without a signal.
            if stopped.await.is_ok() {
                tokio::time::sleep(deadline).await;
            } else {
                std::future::pending::<()>().await;
            }
        };
        let result = tokio::select! {
            result = listening => result,
            () = shutdown_timeout => {
                tracing::warn!("requests were not finished {deadline:?} after the signal, and are dropped");
                Ok(())
            }
        };
        let drained = tasks.drain(deadline).await;
        let shut_down = shut_down(&*container).await;
        let error = ServeError { io: result.err(), tasks: drained.err(), shutdown: shut_down.err() };
        if error.is_empty() { Ok(()) } else { Err(error) }
    }
}

/// Error of [`serve`], with the failures of serving and of each shutdown step. After a failure, the later steps
/// still run.
#[derive(Debug)]
pub struct ServeError {
    io: Option<io::Error>,
    tasks: Option<DrainError>,
    shutdown: Option<ShutdownError>,
}

impl ServeError {
    fn is_empty(&self) -> bool {
        self.io.is_none() && self.tasks.is_none() && self.shutdown.is_none()
    }

    /// Returns the error of the listener.
    #[must_use]
    pub fn io(&self) -> Option<&io::Error> {
        self.io.as_ref()
    }

    /// Returns the error that names the aborted background tasks.
    #[must_use]
    pub fn tasks(&self) -> Option<&DrainError> {
        self.tasks.as_ref()
    }

    /// Returns the error of the shutdown hooks that failed.
    #[must_use]
    pub fn shutdown(&self) -> Option<&ShutdownError> {
        self.shutdown.as_ref()
    }
}

impl fmt::Display for ServeError {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let mut separator = "";
        if let Some(error) = &self.io {
            write!(f, "the server failed: {error}")?;
            separator = "; ";
        }
        if let Some(error) = &self.tasks {
            write!(f, "{separator}background tasks {error}")?;
            separator = "; ";
        }
        if let Some(error) = &self.shutdown {
            write!(f, "{separator}{error}")?;
        }
        Ok(())
    }
}

impl std::error::Error for ServeError {
    fn source(&self) -> Option<&(dyn std::error::Error + 'static)> {
        let Self { io, tasks, shutdown } = self;
        io.as_ref()
            .map(|error| error as _)
            .or_else(|| tasks.as_ref().map(|error| error as _))
            .or_else(|| shutdown.as_ref().map(|error| error as _))
    }
}

/// Waits for Ctrl-C, or on Unix for SIGTERM, the signal that process managers send.
async fn shutdown_signal() {
    #[cfg(unix)]
    {
        use tokio::signal::unix::{SignalKind, signal};
        if let Ok(mut terminate) = signal(SignalKind::terminate()) {
            tokio::select! {
                _ = tokio::signal::ctrl_c() => {}
                _ = terminate.recv() => {}
            }
            return;
        }
    }
    _ = tokio::signal::ctrl_c().await;
}
