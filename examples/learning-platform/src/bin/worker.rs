//! Program that runs the jobs in a separate process. Any number of workers can run next to a server whose
//! `PLATFORM_JOBS__IN_PROCESS` is `false`.

use std::{env, error::Error, process::ExitCode, sync::Arc};

use learning_platform::{
    adapters::jobs::Worker,
    app::{App, AppInputs},
    config::{Settings, Sources},
    core::{causes, logging, signals},
};
use secrecy::ExposeSecret as _;

const USAGE: &str = "\
Runs the jobs of the learning platform until it receives a shutdown signal.

usage: worker [--help]

Settings come from config/, `.env` and the environment: see `.env.example`.";

#[tokio::main]
async fn main() -> ExitCode {
    let argument = env::args_os().nth(1);
    let result = match argument.as_deref().map(|argument| argument.to_string_lossy()).as_deref() {
        None => run().await,
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(format!("unknown command: {other}\n\n{USAGE}").into()),
    };
    causes::exit("worker", result)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::from_process())?);
    logging::init(&settings.logging)?;
    if settings.database.url.expose_secret().contains(":memory:") {
        return Err(
            "the database is in memory, which other processes cannot access: set PLATFORM_DATABASE__URL to another database"
                .into(),
        );
    }
    let shutdown_signal = signals::shutdown_signal()?;
    let app = App::builder(AppInputs { settings }).build().await?;
    app.resolve::<Arc<Worker>>().start();
    shutdown_signal.await;
    app.shutdown().await?;
    tracing::info!("stopped");
    Ok(())
}
