//! Source files, and problems at places in them.

use std::{
    borrow::Cow,
    fmt, fs,
    ops::Range,
    path::{Path, PathBuf},
    sync::Arc,
};

use annotate_snippets::{AnnotationKind, Level, Renderer, Snippet};

use super::cfg::Conditions;

/// Crate to read: its root, and the conditions under which it is compiled.
#[derive(Clone, Debug)]
pub(crate) struct Target {
    pub(crate) name: String,
    pub(crate) is_library: bool,
    /// `src/lib.rs`, without links in the path.
    pub(crate) root: PathBuf,
    pub(crate) conditions: Conditions,
    /// Folder relative to which files are shown.
    pub(crate) here: PathBuf,
}

/// Source file.
#[derive(Debug)]
pub(crate) struct SourceFile {
    pub(crate) path: PathBuf,
    pub(crate) text: String,
    /// Path for messages: relative to the current folder, if the file is below it.
    pub(crate) shown: String,
}

/// Place in a file. It is displayed as `file:line:column`.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Location {
    pub(crate) file: String,
    /// From one.
    pub(crate) line: usize,
    /// In characters, from one.
    pub(crate) column: usize,
}

impl SourceFile {
    /// File with a text that was read already. The path is shown relative to `here`.
    pub(crate) fn new(path: &Path, text: String, here: &Path) -> Arc<Self> {
        Arc::new(Self { path: path.to_owned(), text, shown: shown(path, here) })
    }

    pub(super) fn read(path: &Path, here: &Path) -> Result<Arc<Self>, Problem> {
        match fs::read_to_string(path) {
            Ok(text) => Ok(Self::new(path, text, here)),
            Err(error) => Err(Problem::of(&shown(path, here), error)),
        }
    }

    /// Parses the file. Spans count from the start of the text, also if it begins with a byte order mark or a `#!` line.
    pub(super) fn parse(self: &Arc<Self>) -> Result<syn::File, Problem> {
        syn::parse_file(&blanked(&self.text)).map_err(|error| {
            let range = error.span().byte_range();
            // An error at the end of the text has no extent.
            let end = range.end.max(range.start + 1).min(self.text.len());
            Problem::at(self, range.start.min(end)..end, error.to_string())
        })
    }

    /// Place of the byte at `offset`.
    pub(crate) fn location(&self, offset: usize) -> Location {
        let before = &self.text[..self.text.floor_char_boundary(offset)];
        let line_start = before.rfind('\n').map_or(0, |newline| newline + 1);
        Location {
            file: self.shown.clone(),
            line: before.matches('\n').count() + 1,
            column: before[line_start..].chars().count() + 1,
        }
    }

    /// Bytes of a piece of syntax of this file.
    pub(crate) fn range(tokens: &impl syn::spanned::Spanned) -> Range<usize> {
        tokens.span().byte_range()
    }
}

impl fmt::Display for Location {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}:{}:{}", self.file, self.line, self.column)
    }
}

/// `path`, relative to the folder `here` if it is below that folder.
pub(crate) fn shown(path: &Path, here: &Path) -> String {
    path.strip_prefix(here).unwrap_or(path).display().to_string()
}

/// `text` with blanks in the place of a byte order mark and a `#!` line, so that the positions in it stay the same.
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

/// Message about a place in a file, in the form of rustc's messages.
#[derive(Clone, Debug)]
pub(crate) struct Problem {
    message: String,
    place: Option<(Arc<SourceFile>, Range<usize>)>,
    help: Vec<String>,
}

impl Problem {
    /// `message` about the bytes `range` of `file`.
    pub(crate) fn at(file: &Arc<SourceFile>, range: Range<usize>, message: impl Into<String>) -> Self {
        Self { message: message.into(), place: Some((file.clone(), range)), help: Vec::new() }
    }

    /// `message` about a file that cannot be read.
    fn of(file: &str, message: impl fmt::Display) -> Self {
        Self { message: format!("{file}: {message}"), place: None, help: Vec::new() }
    }

    /// Adds a hint at how to solve the problem.
    #[must_use]
    pub(crate) fn help(mut self, help: impl Into<String>) -> Self {
        self.help.push(help.into());
        self
    }

    /// Text for a terminal, with the line of the source. It contains colors, which `anstream` removes where there is no terminal.
    pub(crate) fn rendered(&self) -> String {
        let title = Level::ERROR.primary_title(&self.message);
        let report = match &self.place {
            Some((file, range)) => {
                let annotation = AnnotationKind::Primary.span(range.clone());
                title.element(Snippet::source(&*file.text).path(&*file.shown).annotation(annotation))
            }
            None => annotate_snippets::Group::with_title(title),
        };
        let report = report.elements(self.help.iter().map(|help| Level::HELP.message(help.as_str())));
        Renderer::styled().render(&[report])
    }
}

/// `message` with the place before it: `src/app.rs:3:5: expected an item`.
impl fmt::Display for Problem {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        if let Some((file, range)) = &self.place {
            write!(f, "{}: ", file.location(range.start))?;
        }
        f.write_str(&self.message)
    }
}

/// All problems of the sources: at least one.
#[derive(Debug)]
pub(crate) struct Problems(pub(crate) Vec<Problem>);

impl Problems {
    /// Text of all problems for a terminal.
    pub(crate) fn rendered(&self) -> String {
        self.0.iter().map(Problem::rendered).collect::<Vec<_>>().join("\n\n")
    }
}

impl fmt::Display for Problems {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        for (number, problem) in self.0.iter().enumerate() {
            if number > 0 {
                f.write_str("\n")?;
            }
            problem.fmt(f)?;
        }
        Ok(())
    }
}

impl std::error::Error for Problems {}

#[cfg(test)]
mod tests {
    use super::*;

    fn file(name: &str, text: &str) -> Arc<SourceFile> {
        SourceFile::new(Path::new(name), text.to_owned(), Path::new("/nowhere"))
    }

    #[test]
    fn a_mark_before_the_source_does_not_move_it() {
        let text = "\u{feff}#!/usr/bin/env run-cargo-script\nfn main() {}\n";
        let parsed = file("main.rs", text).parse().unwrap();
        assert_eq!(&text[SourceFile::range(&parsed.items[0])], "fn main() {}");
        assert_eq!(blanked("#! [allow(dead_code)]"), "#! [allow(dead_code)]");
    }

    #[test]
    fn a_mistake_has_a_place() {
        let problem = file("lib.rs", "fn a() {}\n\nfn ö( {").parse().unwrap_err();
        assert!(problem.to_string().starts_with("lib.rs:3:"), "{problem}");
    }
}
