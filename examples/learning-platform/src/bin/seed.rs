//! Program that fills an empty database: `cargo run -p learning-platform --bin seed`. A database with at least one
//! account is not changed.

use std::{
    env,
    error::Error,
    io::{self, IsTerminal as _},
    process::ExitCode,
    sync::Arc,
};

use indicatif::{ProgressBar, ProgressStyle};
use learning_platform::{
    app::{App, AppInputs},
    config::{Environment, Settings, Sources},
    core::{causes, logging},
    seed::{self, PASSWORD, SeedSummary, Step},
};

const USAGE: &str = "\
Fills an empty database of the learning platform with accounts, a small textbook, and some reading progress.

usage: seed [--help]

In production, the password of the accounts is asked for, or read from standard input: `seed < file`. A database with
at least one account is not changed. Settings come from config/, `.env` and the environment: see
`.env.example`.";

/// Minimum length of the password, as for registrations.
const MIN_PASSWORD: usize = 10;

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
    // The password in the sources is published.
    let password = match environment {
        Environment::Production => read_password()?,
        Environment::Development | Environment::Test => PASSWORD.to_owned(),
    };
    let app = App::builder(AppInputs { settings }).build().await?;
    let seeded = seed::run(&app, &password, progress()).await;
    app.shutdown().await?;
    match seeded? {
        Some(SeedSummary { accounts, chapters }) => {
            println!("{chapters} chapters, and {} accounts", accounts.len());
            for account in accounts {
                println!("  {:<8} {}", account.role.as_str(), account.email);
            }
        }
        None => println!("the database has accounts already: nothing was changed"),
    }
    Ok(())
}

/// Reads the password of the accounts from the terminal, which does not show it, or from the first line of standard
/// input.
fn read_password() -> Result<String, Box<dyn Error>> {
    let password = if io::stdin().is_terminal() {
        rpassword::prompt_password("password of the accounts: ")?
    } else {
        let mut line = String::new();
        io::stdin().read_line(&mut line)?;
        line.trim_end_matches(['\r', '\n']).to_owned()
    };
    if password.chars().count() < MIN_PASSWORD || password == PASSWORD {
        return Err(format!(
            "the password must have at least {MIN_PASSWORD} characters, and must not be that of development"
        )
        .into());
    }
    Ok(password)
}

/// Returns a progress display: a bar on a terminal, and lines elsewhere.
fn progress() -> impl FnMut(Step<'_>) {
    let style = ProgressStyle::with_template("{bar:40} {pos}/{len} {msg}").ok();
    let bar = io::stderr().is_terminal().then(|| ProgressBar::new(0));
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
