//! Fills an empty database: `cargo run -p learning-platform --bin seed`. One in which somebody has an account is left as it is.

use std::{env, error::Error, io::IsTerminal as _, process::ExitCode, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};
use learning_platform::{
    app::{App, AppInputs},
    config::{Environment, Settings, Sources},
    core::{causes, logging},
    seed::{self, PASSWORD, Seeded, Step},
};
use uuid::Uuid;

const USAGE: &str = "\
Fills an empty database of the learning platform with people, a little textbook, and what some have read of it.

usage: seed [--help]

A database in which somebody has an account is left as it is. Settings come from config/, `.env` and the environment: see
`.env.example`.";

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
    causes::exit("seed", result)
}

async fn run() -> Result<(), Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::of_process())?);
    logging::init(&settings.logging)?;
    let environment = settings.environment;
    // Where others can come by, nobody is let in with a password that is in the sources.
    let password = match environment {
        Environment::Production => Uuid::new_v4().simple().to_string(),
        Environment::Development | Environment::Test => PASSWORD.to_owned(),
    };
    let app = App::builder(AppInputs { settings }).build().await?;
    let seeded = seed::run(&app, &password, progress()).await;
    app.shutdown().await?;
    match seeded? {
        Some(Seeded { accounts, chapters }) => {
            println!("{chapters} chapters, and {} accounts with the password {password}", accounts.len());
            for account in accounts {
                println!("  {:<8} {}", account.role.as_str(), account.email);
            }
        }
        None => println!("somebody has an account already: nothing was changed"),
    }
    Ok(())
}

/// Shows how far it is: as a bar on a terminal, and as lines elsewhere.
fn progress() -> impl FnMut(Step<'_>) {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").ok();
    let bar = std::io::stderr().is_terminal().then(|| ProgressBar::new(0));
    if let (Some(bar), Some(style)) = (&bar, style) {
        bar.set_style(style);
    }
    move |Step { done, total, what }| match &bar {
        Some(bar) => {
            bar.set_length(total as u64);
            bar.set_position(done as u64);
            bar.set_message(what.to_owned());
            if done == total {
                bar.finish_and_clear();
            }
        }
        None => eprintln!("{done}/{total} {what}"),
    }
}
