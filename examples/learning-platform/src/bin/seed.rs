//! Program that fills an empty database: `cargo run -p learning-platform --bin seed`. A database with at least one
//! account is not changed.

use std::{env, error::Error, io::IsTerminal as _, process::ExitCode, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};
use learning_platform::{
    app::{App, AppInputs},
    config::{Environment, Settings, Sources},
    core::{causes, logging},
    seed::{self, PASSWORD, SeedSummary, Step},
};
use uuid::Uuid;

const USAGE: &str = "\
Fills an empty database of the learning platform with accounts, a small textbook, and some reading progress.

usage: seed [--help]

A database with at least one account is not changed. Settings come from config/, `.env` and the environment: see
`.env.example`.";

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
    causes::exit("seed", result)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::from_process())?);
    logging::init(&settings.logging)?;
    let environment = settings.environment;
    // In production the password is random, because the password in the sources is public.
    let password = match environment {
        Environment::Production => Uuid::new_v4().simple().to_string(),
        Environment::Development | Environment::Test => PASSWORD.to_owned(),
    };
    let app = App::builder(AppInputs { settings }).build().await?;
    let seeded = seed::run(&app, &password, progress()).await;
    app.shutdown().await?;
    match seeded? {
        Some(SeedSummary { accounts, chapters }) => {
            println!("{chapters} chapters, and {} accounts with the password {password}", accounts.len());
            for account in accounts {
                println!("  {:<8} {}", account.role.as_str(), account.email);
            }
        }
        None => println!("the database has accounts already: nothing was changed"),
    }
    Ok(())
}

/// Returns a progress display: a bar on a terminal, and lines elsewhere.
fn progress() -> impl FnMut(Step<'_>) {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").ok();
    let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(0));
    if let (Some(bar), Some(style)) = (&bar, style) {
        bar.set_style(style);
    }
    move |Step { done, total, name }| match &bar {
        Some(bar) => {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(name.to_owned());
            if done == total {
                bar.finish_and_clear();
            }
        }
        None => eprintln!("{done}/{total} {name}"),
    }
}
