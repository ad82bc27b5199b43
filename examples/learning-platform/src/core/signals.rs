//! Shutdown signals of the process.

use std::io;

/// Installs handlers for ctrl-c and for the termination signal of process managers, and returns a future that
/// completes on the first signal. Call it before starting anything that needs a graceful shutdown.
///
/// # Errors
///
/// Returns an error if the system does not allow the handlers.
#[cfg(unix)]
pub fn shutdown_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Returns a future that completes on ctrl-c.
///
/// # Errors
///
/// Never returns an error on this platform.
#[cfg(not(unix))]
pub fn shutdown_signal() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // No handler could be installed, so no signal can arrive.
            std::future::pending::<()>().await;
        }
    })
}
