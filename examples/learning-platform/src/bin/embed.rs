//! Program that makes the book searchable: it embeds the chapters whose text has changed since the last run, or all
//! chapters.
//!
//! The server does this in jobs. The program is for changes that jobs do not detect: another embedder, another vector
//! store, or a lost one.

use std::{error::Error, process::ExitCode, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};
use learning_platform::{
    app::{App, AppInputs},
    config::{Settings, Sources},
    services::rag::{EmbeddingOutcome, EmbeddingService},
};

const USAGE: &str = "usage: embed [--all]

Embeds the chapters that have changed since they were embedded. With --all, it embeds every published chapter.
It uses the settings of the server.";

#[tokio::main]
async fn main() -> ExitCode {
    let arguments: Vec<String> = std::env::args().skip(1).collect();
    let all = match arguments.iter().map(String::as_str).collect::<Vec<_>>()[..] {
        [] => false,
        ["--all"] => true,
        ["--help" | "-h"] => {
            println!("{USAGE}");
            return ExitCode::SUCCESS;
        }
        _ => {
            eprintln!("{USAGE}");
            return ExitCode::from(2);
        }
    };
    match run(all).await {
        Ok(0) => ExitCode::SUCCESS,
        Ok(failed) => {
            eprintln!("embed: {failed} chapters could not be embedded; run the program again");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("embed: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// Runs the program, and returns the number of chapters that could not be embedded.
async fn run(all: bool) -> Result<usize, Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::from_process())?);
    let filter = tracing_subscriber::EnvFilter::new("warn");
    tracing_subscriber::fmt().with_env_filter(filter).with_writer(std::io::stderr).init();
    let app = App::builder(AppInputs { settings }).build().await?;
    let result = embed(&app.resolve(), all).await;
    app.shutdown().await?;
    result
}

async fn embed(embeddings: &EmbeddingService, all: bool) -> Result<usize, Box<dyn Error>> {
    let chapters = if all { embeddings.published().await? } else { embeddings.stale().await? };
    let progress = Progress::new(chapters.len());
    let (mut passages, mut failed) = (0, 0);
    for id in chapters {
        match embeddings.embed(id).await {
            Ok(EmbeddingOutcome::Passages(count)) => {
                passages += count;
                progress.line(&format!("chapter {id}: {count} passages"));
            }
            Ok(EmbeddingOutcome::Removed) => progress.line(&format!("chapter {id}: removed")),
            Ok(EmbeddingOutcome::Outdated) => {
                failed += 1;
                progress.note(&format!("chapter {id}: was changed in the meantime"));
            }
            // A failure is reported and does not stop the other chapters.
            Err(error) => {
                failed += 1;
                progress.note(&format!("chapter {id}: {}", with_causes(&error)));
            }
        }
    }
    progress.end(passages);
    Ok(failed)
}

/// Progress display: a bar on a terminal, and lines elsewhere.
struct Progress {
    bar: ProgressBar,
    chapters: usize,
}

impl Progress {
    fn new(chapters: usize) -> Self {
        let bar = ProgressBar::new(chapters as u64);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} chapters, {eta} left  {msg}");
        // The template is a constant. If it were invalid, the default style would be used.
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, chapters }
    }

    /// Advances by one chapter, with a transient message.
    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            println!("{text}");
        } else {
            self.bar.set_message(text.to_owned());
        }
        self.bar.inc(1);
    }

    /// Advances by one chapter, with a message that remains visible.
    fn note(&self, text: &str) {
        if self.bar.is_hidden() {
            eprintln!("{text}");
        } else {
            self.bar.println(text);
        }
        self.bar.inc(1);
    }

    fn end(self, passages: usize) {
        self.bar.finish_and_clear();
        println!("{} chapters processed, {passages} passages embedded", self.chapters);
    }
}

/// Formats an error and its sources on one line.
fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
