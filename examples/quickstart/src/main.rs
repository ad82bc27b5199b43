//! 10. Startup and shutdown.

use std::{env, error::Error, ffi::OsStr, io, process::ExitCode, sync::Arc};

use inject_runtime::serve;
use quickstart::{
    app::{App, AppInputs},
    routes::{examples, routes},
    settings::{ADDRESS, Settings},
};
use tokio::net::TcpListener;

#[tokio::main]
async fn main() -> ExitCode {
    let command = env::args_os().nth(1);
    let result = match command.as_deref().map(OsStr::to_str) {
        None => run().await,
        // The graph and the routes are known at compile time: no component is built to print them.
        Some(Some("graph")) => {
            print!("{}", routes().graph().to_mermaid());
            Ok(())
        }
        Some(Some("routes")) => {
            print!("{}", routes().table());
            Ok(())
        }
        Some(_) => Err("usage: quickstart [graph | routes]".into()),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            eprintln!("quickstart: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Formats an error and its sources on one line.
fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}

async fn run() -> Result<(), Box<dyn Error>> {
    tracing_subscriber::fmt().with_writer(io::stderr).init();
    let settings = Arc::new(Settings::from_env()?);
    let (address, token) = (settings.address, settings.token.clone());
    let listener = TcpListener::bind(address).await.map_err(|error| {
        format!("cannot listen on {address}: {error} ({ADDRESS}=127.0.0.1:0 takes a free port)")
    })?;
    let address = listener.local_addr()?;
    let app = App::builder(AppInputs { settings }).build().await?;

    println!("listening on http://{address}, press ctrl-c to stop; requests to try in another terminal:");
    for example in examples(address, &token) {
        println!("{example}");
    }

    // On a shutdown signal, `serve` waits for the requests, then for their background tasks, and then shuts down the container.
    serve(listener, app, routes()).await?;
    tracing::info!("stopped");
    Ok(())
}
