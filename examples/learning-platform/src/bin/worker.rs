//! Does the jobs, in a process of its own: any number of them beside the server, whose `PLATFORM_JOBS__IN_PROCESS` is `false` then.

use std::{env, error::Error, process::ExitCode, sync::Arc};

use learning_platform::{
    adapters::jobs::Worker,
    app::{App, AppInputs},
    config::{Settings, Sources},
    core::{causes, logging, signals},
};
use secrecy::ExposeSecret as _;

const USAGE: &str = "\
Does the jobs of the learning platform, until it is told to stop.

usage: worker [--help]

Settings come from config/, `.env` and the environment: see `.env.example`.";

#[tokio::main]
async fn main() -> ExitCode {
    let argument = env::args_os().nth(1);
    let result = match argument.as_deref().map(|it| it.to_string_lossy()).as_deref() {
        None => run().await,
        Some("--help" | "-h" | "help") => {
            println!("{USAGE}");
            Ok(())
        }
        Some(other) => Err(format!("there is no such command: {other}\n\n{USAGE}").into()),
    };
    causes::exit("worker", result)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::of_process())?);
    logging::init(&settings.logging)?;
    if settings.database.url.expose_secret().contains(":memory:") {
        return Err(
            "the database is in memory, where no other process sees it: PLATFORM_DATABASE__URL names another"
                .into(),
        );
    }
    let told_to_stop = signals::told_to_stop()?;
    let app = App::builder(AppInputs { settings }).build().await?;
    app.resolve::<Arc<Worker>>().start();
    told_to_stop.await;
    app.shutdown().await?;
    tracing::info!("stopped");
    Ok(())
}
