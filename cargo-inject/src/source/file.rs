//! A source file, and places in it.

use std::{
    borrow::Cow,
    env, fmt, fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use super::problem::Problem;

/// A source file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
}

/// A place in a file, for people and for tools that parse `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    /// Relative to the current folder, where it is below it.
    pub(crate) file: String,
    /// From one.
    pub(crate) line: usize,
    /// In characters, from one.
    pub(crate) column: usize,
}

impl SourceFile {
    pub(super) fn read(path: &Path) -> Result<Arc<Self>, Problem> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Arc::new(Self { path: path.to_owned(), text })),
            Err(error) => Err(Problem::of(Path::new(&shown(path)), error)),
        }
    }

    /// Parses the file. Spans of its tokens count from the start of the text, with whatever mark or `#!` line it begins with.
    pub(super) fn parse(self: &Arc<Self>) -> Result<syn::File, Problem> {
        syn::parse_file(&blanked(&self.text)).map_err(|error| {
            let range = error.span().byte_range();
            // An error at the end of what is there has no extent.
            let end = range.end.max(range.start + 1).min(self.text.len());
            Problem::at(self, range.start.min(end)..end, error.to_string())
        })
    }

    /// Where the byte at `offset` is.
    pub(crate) fn location(&self, offset: usize) -> Location {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Location {
            file: self.shown(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// The bytes of a piece of syntax of this file.
    pub(crate) fn range(tokens: &impl syn::spanned::Spanned) -> Range<usize> {
        tokens.span().byte_range()
    }

    /// Its path as it is shown to people.
    pub(crate) fn shown(&self) -> String {
        shown(&self.path)
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// `path`, relative to the current folder where it is below it.
pub(super) fn shown(path: &Path) -> String {
    let here = env::current_dir().and_then(|path| path.canonicalize()).ok();
    let below = here.and_then(|here| path.strip_prefix(here).ok().map(Path::to_owned));
    below.as_deref().unwrap_or(path).display().to_string()
}

/// `text` with blanks for a byte order mark and a `#!` line, so that nothing moves.
fn blanked(text: &str) -> Cow<'_, str> {
    const MARK: &str = "\u{feff}";
    let rest = text.strip_prefix(MARK).unwrap_or(text);
    // `#![..]` is an attribute.
    let is_script = rest.strip_prefix("#!").is_some_and(|rest| !rest.trim_start().starts_with('['));
    if rest.len() == text.len() && !is_script {
        return Cow::Borrowed(text);
    }
    let line = if is_script { rest.find('\n').unwrap_or(rest.len()) } else { 0 };
    let seen = text.len() - rest.len() + line;
    Cow::Owned(" ".repeat(seen) + &rest[line..])
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_comes_before_the_source_does_not_move_it() {
        let text = "\u{feff}#!/usr/bin/env run-cargo-script\nfn main() {}\n";
        let file = Arc::new(SourceFile { path: "main.rs".into(), text: text.to_owned() });
        let parsed = file.parse().unwrap();
        assert_eq!(&text[SourceFile::range(&parsed.items[0])], "fn main() {}");
        assert_eq!(blanked("#! [allow(dead_code)]"), "#! [allow(dead_code)]");
    }

    #[test]
    fn a_mistake_has_a_place() {
        let file = Arc::new(SourceFile { path: "lib.rs".into(), text: "fn a() {}\n\nfn ö( {".to_owned() });
        let problem = file.parse().unwrap_err();
        assert!(problem.to_string().starts_with("lib.rs:3:"), "{problem}");
    }
}
