//! Signals from whoever runs the process.

use std::io;

/// Listens from now on for ctrl-c, and for the signal that process managers send: before anything is started that would have to be stopped.
/// The future is done when one has come.
///
/// # Errors
///
/// The system does not let us listen.
#[cfg(unix)]
pub fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    use tokio::signal::unix::{SignalKind, signal};
    let (mut interrupt, mut terminate) = (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
    Ok(async move {
        tokio::select! {
            _ = interrupt.recv() => {}
            _ = terminate.recv() => {}
        }
    })
}

/// Listens for ctrl-c. The future is done when it has come.
///
/// # Errors
///
/// None here.
#[cfg(not(unix))]
pub fn told_to_stop() -> io::Result<impl Future<Output = ()> + Send + 'static> {
    Ok(async {
        if tokio::signal::ctrl_c().await.is_err() {
            // Nobody can tell us.
            std::future::pending::<()>().await;
        }
    })
}
