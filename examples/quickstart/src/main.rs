//! 9. The start, and the end.

use std::{env, error::Error, ffi::OsStr, io, process::ExitCode, sync::Arc, time::Duration};

use quickstart::{
    app::{App, AppInputs},
    routes,
    service::BookService,
    settings::{ADDRESS, Settings},
};
use tokio::{net::TcpListener, time::sleep};

/// How long requests may go on when the application is told to stop.
const GRACE: Duration = Duration::from_secs(10);

#[tokio::main]
async fn main() -> ExitCode {
    let command = env::args_os().nth(1);
    let result = match command.as_deref().map(OsStr::to_str) {
        None => serve().await,
        Some(Some("graph")) => {
            // The compiler knows the graph: nothing is started to draw it.
            print!("{}", App::graph().with::<BookService>().to_mermaid());
            Ok(())
        }
        Some(_) => Err("usage: quickstart [graph]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// The error and what led to it, on one line.
fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

async fn serve() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let settings = Arc::new(Settings::from_env()?);
    let address = settings.address;
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error} ({ADDRESS}=127.0.0.1:0 takes a free port)")
    })?;
    let address = listener.local_addr()?;
    let app = App::builder(AppInputs { settings }).build().await?;

    println!("listening on http://{address}, until ctrl-c; try in another terminal:");
    for example in routes::examples(address) {
        println!("{example}");
    }

    let server = axum::serve(listener, routes::router(Arc::clone(&app)));
    tokio::select! {
        result = server.with_graceful_shutdown(told_to_stop()) => result?,
        () = async { told_to_stop().await; sleep(GRACE).await } => {
            tracing::warn!("requests that were not done after {GRACE:?} are cut off");
        }
    }
    app.shutdown().await?;
    tracing::info!("stopped");
    Ok(())
}

/// Ctrl-c, or the signal that process managers send.
async fn told_to_stop() {
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
    let _ = tokio::signal::ctrl_c().await;
}
