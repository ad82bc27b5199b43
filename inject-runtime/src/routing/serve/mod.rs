//! HTTP server, from the first connection to the last shutdown hook.

mod activity;
mod client_ip;
mod connection;
mod error;
mod forwarded;
mod open;
mod stop;
#[cfg(test)]
mod tests;

use std::{fmt, future::pending, pin::Pin, sync::Arc, time::Duration};

use tokio::net::TcpListener;

use self::{
    activity::TimeLimits,
    connection::{Limits, Server},
    stop::{Stop, StopOnDrop},
};
pub use self::{
    client_ip::{ClientIp, TrustedProxies},
    error::{ServeError, UnfinishedRequests},
};
use super::routes::Routes;
use crate::{
    boxed::BoxFuture,
    container::{DEFAULT_DEADLINE, SharedContainer, shut_down},
};

/// Serves `routes` over `container` until SIGINT or SIGTERM arrives, or until the future of
/// [`until`](Serve::until) completes.
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
///
/// # Stop
///
/// The server stops in this order:
///
/// 1. It accepts no new connections and closes the idle ones. It notifies the holders of a [`Stopping`](crate::Stopping),
///    such as server-sent events and background tasks. Then it waits for the requests in progress, up to the last byte of
///    their responses, and for the [tasks](crate::Tasks).
/// 2. What has not ended at the [`deadline`](Serve::deadline) is named in the error, and ended: requests are dropped, and
///    tasks that had started before the stop are aborted. Their resources are closed with the outcome
///    [`Cancelled`](crate::Outcome::Cancelled). The server waits for these teardowns, and for the
///    [background tasks](crate::BackgroundTasks) that the last requests left, once more up to the deadline.
/// 3. It shuts the container down.
///
/// A second signal ends the wait that is in progress, as its deadline would. A signal within a second of the
/// first is taken for the same one, since some process managers and shells send it twice.
///
/// The session of a `SessionUpgrade` is one of the tasks. Other upgraded connections belong to the tasks that use them.
///
/// # Limits
///
/// The server has a limit for each phase of a connection in which it waits for the client, so that clients that send
/// or read slowly do not accumulate:
///
/// | phase | limit | default |
/// |---|---|---|
/// | no request yet, or none after the last response | [`idle_timeout`](Serve::idle_timeout) | 75 seconds |
/// | the head of a request | [`head_timeout`](Serve::head_timeout) | 10 seconds |
/// | | [`max_head_size`](Serve::max_head_size) | 32 KiB, in at most 100 headers |
/// | the body of a request, the handler | those of the application | |
/// | the client does not read the response | [`write_timeout`](Serve::write_timeout) | 60 seconds |
/// | all | [`max_connections`](Serve::max_connections) | none |
///
/// A limit for the body depends on what the endpoint does with it, so it is a layer:
/// axum's [`DefaultBodyLimit`](axum::extract::DefaultBodyLimit) for the size (2 MB by default), and
/// `RequestBodyTimeoutLayer` of tower-http for the time between two parts of it. After an upgrade, the
/// limits are those of the protocol, except for the number of connections.
///
/// # Protocol
///
/// The server speaks HTTP/1.1 and HTTP/1.0, also if axum's feature `http2` is enabled somewhere in the build. Browsers
/// use HTTP/2 only over TLS, so it ends with TLS at a proxy, which speaks HTTP/1.1 to the servers behind it. HTTP/2 without
/// TLS would need limits of its own (streams, resets, headers in many frames) for a protocol that few use. A
/// connection that begins with HTTP/2 is closed. An application that needs it, for example for gRPC, serves
/// [`Routes::into_router`] with hyper.
///
/// Handlers and providers can extract the address of the client, also behind proxies, with
/// [`ClientIp`](crate::ClientIp), and that of the peer with axum's
/// [`ConnectInfo<SocketAddr>`](axum::extract::ConnectInfo).
pub fn serve<C: SharedContainer>(listener: TcpListener, container: Arc<C>, routes: Routes<C>) -> Serve<C> {
    Serve {
        listener,
        container,
        routes,
        until: Box::pin(shutdown_signal()),
        next_signal: || Box::pin(next_shutdown_signal()),
        deadline: DEFAULT_DEADLINE,
        limits: DEFAULT_LIMITS,
        proxies: None,
    }
}

const DEFAULT_LIMITS: Limits = Limits {
    time: TimeLimits {
        head: Duration::from_secs(10),
        idle: Duration::from_secs(75),
        write: Duration::from_mins(1),
    },
    head_size: 32 * 1024,
    connections: None,
};

/// Server that starts when it is awaited: see [`serve`].
///
/// ```no_run
/// # use std::time::Duration;
/// # use inject_runtime::{Routes, TrustedProxies, container, serve};
/// # #[container]
/// # pub struct App {}
/// # fn routes() -> Routes<App> { Routes::new() }
/// # async fn run() -> Result<(), Box<dyn std::error::Error>> {
/// # let (app, listener) = (App::builder().build().await?, tokio::net::TcpListener::bind("127.0.0.1:0").await?);
/// serve(listener, app, routes())
///     .head_timeout(Duration::from_secs(5))
///     .max_connections(10_000)
///     .trusted_proxies(TrustedProxies::x_forwarded_for(["10.0.0.0/8".parse()?]))
///     .await?;
/// # Ok(())
/// # }
/// ```
#[must_use = "a server does nothing until it is awaited"]
pub struct Serve<C> {
    listener: TcpListener,
    container: Arc<C>,
    routes: Routes<C>,
    until: BoxFuture<'static, ()>,
    /// Waits for a signal after that of `until`.
    next_signal: fn() -> BoxFuture<'static, ()>,
    deadline: Duration,
    limits: Limits,
    proxies: Option<TrustedProxies>,
}

impl<C> Serve<C> {
    /// Stops the server when `signal` completes, instead of at SIGINT or SIGTERM.
    pub fn until(self, signal: impl Future<Output = ()> + Send + 'static) -> Self {
        Self { until: Box::pin(signal), next_signal: || Box::pin(pending()), ..self }
    }

    /// Sets the time limit for the requests and tasks in progress when the server stops, and again for the teardowns and
    /// background tasks that they left. The default is 15 seconds for each.
    pub fn deadline(self, deadline: Duration) -> Self {
        Self { deadline, ..self }
    }

    /// Sets the time limit for the head of a request, from its first byte to its last. The default is 10 seconds;
    /// hyper allows 30 seconds and nginx 60.
    ///
    /// A connection that takes longer is closed without a response.
    pub fn head_timeout(mut self, timeout: Duration) -> Self {
        self.limits.time.head = timeout;
        self
    }

    /// Sets the time limit for a connection without a request: from its start or its last response to the first
    /// byte of a request. The default is 75 seconds, as in nginx.
    ///
    /// It should be longer than that of the proxies in front of the server. Otherwise they may send a
    /// request on a connection that the server is closing. The usual limit of load balancers is 60 seconds.
    pub fn idle_timeout(mut self, timeout: Duration) -> Self {
        self.limits.time.idle = timeout;
        self
    }

    /// Sets the time limit for a client that does not read its response. Each part that it reads starts the time again.
    /// The default is 60 seconds, as in nginx.
    ///
    /// The time begins when the buffers of the operating system are full.
    pub fn write_timeout(mut self, timeout: Duration) -> Self {
        self.limits.time.write = timeout;
        self
    }

    /// Sets the maximum size of the head of a request, the request line and all headers, in bytes. The default is
    /// 32 KiB, as in nginx.
    ///
    /// The response to a larger head, or to one with more than 100 headers, has the status 431, and closes the
    /// connection. The size also limits the trailers of a request.
    pub fn max_head_size(mut self, bytes: usize) -> Self {
        self.limits.head_size = bytes;
        self
    }

    /// Sets the maximum number of connections that are served at the same time, including upgraded ones. The default is
    /// no limit but that of the operating system for open files. A maximum of 0 is one of 1.
    ///
    /// Further connections wait, first in the queue of the operating system, until a connection is closed. To make room, the
    /// server closes the connection that has been idle for the longest time. So idle clients do not keep
    /// others out, and a short load peak delays requests and rejects none, as long as clients wait.
    pub fn max_connections(mut self, connections: usize) -> Self {
        self.limits.connections = Some(connections.max(1));
        self
    }

    /// Sets the proxies whose word about the address of their client is believed by
    /// [`ClientIp`](crate::ClientIp). The default is none: the client is the peer of the connection.
    pub fn trusted_proxies(self, proxies: TrustedProxies) -> Self {
        Self { proxies: Some(proxies), ..self }
    }
}

impl<C> fmt::Debug for Serve<C> {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_struct("Serve")
            .field("listener", &self.listener)
            .field("routes", &self.routes)
            .field("deadline", &self.deadline)
            .field("limits", &self.limits)
            .field("proxies", &self.proxies)
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
        let Self { listener, container, routes, until, next_signal, deadline, limits, proxies } = self;
        let tasks = routes.tasks();
        let notification = StopOnDrop(tasks.clone());
        let router = routes.into_router(Arc::clone(&container));
        let connections = Server { router, limits, proxies }.accept_until(listener, until).await;
        let (requests, tasks) = Stop { deadline, next_signal }.run(connections, &tasks, notification).await;
        ServeError::check(requests, tasks, shut_down(&*container).await)
    }
}

/// Time after a signal in which another is taken for the same one.
const SIGNAL_PAUSE: Duration = Duration::from_secs(1);

/// Waits for another signal.
async fn next_shutdown_signal() {
    tokio::time::sleep(SIGNAL_PAUSE).await;
    shutdown_signal().await;
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
