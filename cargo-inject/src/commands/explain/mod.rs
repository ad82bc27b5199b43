//! `cargo inject explain`

mod pages;
mod terminal;

use std::fmt::Write as _;

use clap::Args;

use self::pages::{Page, TAGS};
use crate::{
    error::{Error, Outcome},
    nearest::nearest,
    session::Session,
};

/// Explains an error of the macros: the reason, and the solutions
#[derive(Debug, Args)]
#[command(after_help = "\
Example: cargo inject explain inject/layer

Exit status: 0 success, 2 error")]
pub(crate) struct Arguments {
    /// Tag of the message, such as `inject/layer`; without it, all tags are listed
    tag: Option<String>,
}

/// Runs the command.
pub(crate) fn run(arguments: &Arguments, session: &Session) -> Result<Outcome, Error> {
    let text = match &arguments.tag {
        None => list(),
        Some(given) => {
            let tag = bare(given);
            let page = Page::of(tag).ok_or_else(|| unknown(given, tag))?;
            terminal::rendered(page.text, session.width())
        }
    };
    session.print(&text)?;
    Ok(Outcome::Success)
}

/// `layer` of `[inject/layer]`, of `inject/layer` and of `layer`.
fn bare(tag: &str) -> &str {
    let tag = tag.trim().trim_start_matches('[').trim_end_matches(']');
    tag.strip_prefix("inject/").unwrap_or(tag)
}

fn list() -> String {
    let pages = || TAGS.iter().filter_map(|tag| Page::of(tag));
    let width = pages().map(|page| page.tag.len()).max().unwrap_or_default();
    let mut text = String::new();
    for page in pages() {
        let Page { tag, .. } = page;
        let bold = anstyle::Style::new().bold();
        let space = " ".repeat(width - tag.len());
        let _ = writeln!(text, "{bold}inject/{tag}{bold:#}{space}  {}", page.summary());
    }
    text + "\n`cargo inject explain TAG` shows the page of a tag.\n"
}

fn unknown(given: &str, tag: &str) -> Error {
    let nearest = nearest(tag, TAGS.iter().copied()).map(|tag| format!("inject/{tag}"));
    Error::UnknownTag { tag: given.to_owned(), nearest }
}
