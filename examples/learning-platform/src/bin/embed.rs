//! Makes the book searchable: embeds the chapters whose text has changed since, or all of them.
//!
//! The server does this by itself, in jobs. This is for what jobs do not know of: another embedder, another vector store, one that was lost.

use std::{error::Error, process::ExitCode, sync::Arc};

use indicatif::{ProgressBar, ProgressStyle};
use learning_platform::{
    app::{App, AppInputs},
    config::{Settings, Sources},
    services::rag::{Embedded, EmbeddingService},
};

const USAGE: &str = "usage: embed [--all]

Embeds the chapters that have changed since they were embedded. With --all, every published chapter.
The settings are those of the server.";

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
            eprintln!("embed: {failed} chapters could not be embedded; run it again");
            ExitCode::FAILURE
        }
        Err(error) => {
            eprintln!("embed: {}", with_causes(&*error));
            ExitCode::FAILURE
        }
    }
}

/// How many chapters could not be embedded.
async fn run(all: bool) -> Result<usize, Box<dyn Error>> {
    let settings = Arc::new(Settings::load(&Sources::of_process())?);
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
            Ok(Embedded::Passages(count)) => {
                passages += count;
                progress.line(&format!("chapter {id}: {count} passages"));
            }
            Ok(Embedded::Removed) => progress.line(&format!("chapter {id}: removed")),
            Ok(Embedded::Overtaken) => {
                failed += 1;
                progress.note(&format!("chapter {id}: is being changed"));
            }
            // The next one may work: what fails is told, and does not keep the others.
            Err(error) => {
                failed += 1;
                progress.note(&format!("chapter {id}: {}", with_causes(&error)));
            }
        }
    }
    progress.end(passages);
    Ok(failed)
}

/// A bar on a terminal; elsewhere, lines.
struct Progress {
    bar: ProgressBar,
    chapters: usize,
}

impl Progress {
    fn new(chapters: usize) -> Self {
        let bar = ProgressBar::new(chapters as u64);
        let style = ProgressStyle::with_template("{bar:40} {pos}/{len} chapters, {eta} left  {msg}");
        // What is written there is a constant; should it be wrong, the usual style does.
        bar.set_style(style.unwrap_or_else(|_| ProgressStyle::default_bar()));
        Self { bar, chapters }
    }

    /// One chapter further.
    fn line(&self, text: &str) {
        if self.bar.is_hidden() {
            println!("{text}");
        } else {
            self.bar.set_message(text.to_owned());
        }
        self.bar.inc(1);
    }

    /// One chapter further, with something that stays on the screen.
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
        println!("{} chapters looked at, {passages} passages embedded", self.chapters);
    }
}

/// The error and what led to it, on one line.
fn with_causes(error: &dyn Error) -> String {
    let causes = std::iter::successors(Some(error), |&error| error.source());
    let texts: Vec<_> = causes.map(ToString::to_string).collect();
    texts.join(": ")
}
