//! The acceptance of connections, and the life of each.

use std::{convert::Infallible, future::poll_fn, net::SocketAddr, pin::pin, sync::Arc, time::Duration};

use axum::{
    Router,
    extract::{ConnectInfo, Request},
    response::Response,
    routing::future::RouteFuture,
};
use hyper::{body::Incoming, server::conn::http1};
use hyper_util::rt::TokioIo;
use tokio::{
    net::{TcpListener, TcpStream},
    sync::{Notify, OwnedSemaphorePermit, Semaphore, watch},
};
use tokio_util::task::TaskTracker;
use tower_service::Service as _;

use super::{
    activity::{Activity, HeadTimer, TimeLimits, Watchdog, Watched},
    client_ip::TrustedProxies,
    open::OpenConnections,
};

/// Size of the buffer of a connection, hyper's own default.
const BUFFER_SIZE: usize = 8192 + 4096 * 100;

/// Limit for the time until the requests that were dropped at the deadline are gone. Only a handler that blocks its
/// thread takes any time.
const DROP_TIMEOUT: Duration = Duration::from_secs(1);

/// Pause after a connection could not be accepted.
const ACCEPT_PAUSE: Duration = Duration::from_secs(1);

/// Limits of a server.
#[derive(Clone, Copy, Debug)]
pub(super) struct Limits {
    pub(super) time: TimeLimits,
    /// In bytes.
    pub(super) head_size: usize,
    pub(super) connections: Option<usize>,
}

/// Stage of a server, as its connections see it.
#[derive(Clone, Copy, Debug)]
enum Stage {
    Serving,
    /// Finish the request in progress.
    Stopping,
    /// Drop the request in progress.
    Dropping,
}

/// What all connections of a server have in common.
#[derive(Clone)]
struct Shared {
    router: Router,
    limits: Limits,
    proxies: Option<TrustedProxies>,
    /// Notified when a new connection needs the place of an idle one.
    room: Option<Arc<Notify>>,
    open: OpenConnections,
    stage: watch::Receiver<Stage>,
}

/// Server of a router over TCP.
pub(super) struct Server {
    pub(super) router: Router,
    pub(super) limits: Limits,
    pub(super) proxies: Option<TrustedProxies>,
}

impl Server {
    /// Accepts connections until `until` completes, and serves them. Returns those that are open then.
    pub(super) async fn accept_until(
        self,
        listener: TcpListener,
        until: impl Future<Output = ()>,
    ) -> Connections {
        let Self { router, limits, proxies } = self;
        let (stage, stage_receiver) = watch::channel(Stage::Serving);
        let connections =
            Connections { tracker: TaskTracker::new(), open: OpenConnections::default(), stage };
        let places =
            limits.connections.map(|limit| Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS))));
        let room = places.is_some().then(Arc::<Notify>::default);
        let open = connections.open.clone();
        let shared = Shared { router, limits, proxies, room, open, stage: stage_receiver };
        let accepting = async {
            loop {
                let (stream, peer) = accept(&listener).await;
                let place = shared.place(places.as_ref()).await;
                connections.tracker.spawn(shared.clone().serve(stream, peer, place));
            }
        };
        tokio::select! {
            () = accepting => {}
            () = until => {}
        }
        connections
    }
}

/// The connections of a server. When this is dropped, they are closed after their requests.
pub(super) struct Connections {
    tracker: TaskTracker,
    open: OpenConnections,
    stage: watch::Sender<Stage>,
}

impl Connections {
    /// Closes each connection after its request in progress, and the others now.
    pub(super) fn stop(&self) {
        self.tracker.close();
        self.stage.send_replace(Stage::Stopping);
    }

    /// Waits until all connections are closed, after [`stop`](Self::stop).
    pub(super) async fn ended(&self) {
        self.tracker.wait().await;
    }

    /// Drops the requests in progress, and returns their methods and paths.
    pub(super) async fn drop_requests(&self) -> Vec<String> {
        let requests = self.open.requests();
        self.stage.send_replace(Stage::Dropping);
        // What is left then is dropped when it returns.
        _ = tokio::time::timeout(DROP_TIMEOUT, self.ended()).await;
        requests
    }
}

/// Waits for a connection.
async fn accept(listener: &TcpListener) -> (TcpStream, SocketAddr) {
    use std::io::ErrorKind::{ConnectionAborted, ConnectionRefused, ConnectionReset};
    loop {
        match listener.accept().await {
            Ok(connection) => return connection,
            Err(error) if matches!(error.kind(), ConnectionAborted | ConnectionRefused | ConnectionReset) => {
            }
            // Such as too many open files. Some may be closed soon.
            Err(error) => {
                tracing::error!(%error, "cannot accept connections");
                tokio::time::sleep(ACCEPT_PAUSE).await;
            }
        }
    }
}

impl Shared {
    /// Waits for the place of a connection, and has the connection closed that is idle for the longest time.
    async fn place(&self, places: Option<&Arc<Semaphore>>) -> Option<OwnedSemaphorePermit> {
        let (places, room) = (places?, self.room.as_ref()?);
        if let Ok(place) = Arc::clone(places).try_acquire_owned() {
            return Some(place);
        }
        room.notify_one();
        // The semaphore is never closed.
        let place = Arc::clone(places).acquire_owned().await.ok();
        // If no connection was idle, and one has ended, the notification is not needed any more.
        pin!(room.notified()).enable();
        place
    }

    async fn serve(mut self, stream: TcpStream, peer: SocketAddr, place: Option<OwnedSemaphorePermit>) {
        // Without TCP_NODELAY, the last packet of a response may wait until the client acknowledges the
        // previous packet.
        if let Err(error) = stream.set_nodelay(true) {
            tracing::debug!(%error, "cannot set TCP_NODELAY");
        }
        let activity = Activity::new();
        let _open = self.open.add(&activity);
        let mut watchdog = Watchdog::new(Arc::clone(&activity), self.limits.time, self.room.take());
        let stream = TokioIo::new(Watched::new(stream, Arc::clone(&activity), place));
        let service = ConnectionService {
            router: self.router,
            peer,
            proxies: self.proxies,
            activity: Arc::clone(&activity),
        };
        let mut connection = pin!(
            http1::Builder::new()
                .timer(HeadTimer(activity))
                .header_read_timeout(Duration::ZERO)
                .max_header_size(self.limits.head_size)
                .max_buf_size(self.limits.head_size.max(BUFFER_SIZE))
                .serve_connection(stream, service)
                .with_upgrades()
        );
        let mut is_watched = true;
        loop {
            tokio::select! {
                biased;
                result = connection.as_mut() => {
                    if let Err(error) = result {
                        tracing::debug!(%peer, %error, "connection failed");
                    }
                    break;
                }
                reason = poll_fn(|cx| watchdog.poll_expired(cx)) => {
                    tracing::debug!(%peer, ?reason, "connection closed");
                    break;
                }
                changed = self.stage.changed(), if is_watched => {
                    is_watched = changed.is_ok();
                    if let (Ok(()), Stage::Dropping) = (changed, *self.stage.borrow_and_update()) {
                        break;
                    }
                    connection.as_mut().graceful_shutdown();
                }
            }
        }
    }
}

/// Service of one connection.
struct ConnectionService {
    router: Router,
    peer: SocketAddr,
    proxies: Option<TrustedProxies>,
    activity: Arc<Activity>,
}

impl hyper::service::Service<Request<Incoming>> for ConnectionService {
    type Response = Response;
    type Error = Infallible;
    type Future = RouteFuture<Infallible>;

    fn call(&self, mut request: Request<Incoming>) -> Self::Future {
        self.activity.begin(request.method(), request.uri());
        let extensions = request.extensions_mut();
        extensions.insert(ConnectInfo(self.peer));
        if let Some(proxies) = &self.proxies {
            extensions.insert(proxies.clone());
        }
        self.router.clone().call(request)
    }
}
