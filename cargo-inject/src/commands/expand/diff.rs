//! Differences between two texts.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use clap::ValueEnum;
use similar::{ChangeTag, TextDiff};

const OLD: Style = AnsiColor::Red.on_default();
const NEW: Style = AnsiColor::Green.on_default();
const PLACE: Style = AnsiColor::Cyan.on_default();

/// Layout of differences.
#[derive(Clone, Copy, Debug, ValueEnum)]
pub(crate) enum Layout {
    /// Side by side on a terminal with 120 columns or more
    Auto,
    /// One below the other
    Unified,
    /// Old on the left, new on the right
    SideBySide,
}

/// Width without a terminal.
const WIDTH: usize = 160;

/// Differences of several texts, each with a name, on a terminal with `width` columns.
pub(crate) fn all<'a>(
    texts: impl Iterator<Item = (&'a str, &'a str, &'a str)>,
    layout: Layout,
    width: Option<usize>,
) -> String {
    let side_by_side = match layout {
        Layout::Auto => width.is_some_and(|width| width >= 120),
        Layout::Unified => false,
        Layout::SideBySide => true,
    };
    texts
        .filter(|(_, old, new)| old != new)
        .map(|(name, old, new)| {
            if side_by_side {
                self::side_by_side(name, old, new, width.unwrap_or(WIDTH))
            } else {
                unified(name, old, new)
            }
        })
        .collect::<Vec<_>>()
        .join("\n")
}

/// Removed and added lines, with three lines around them.
pub(crate) fn unified(name: &str, old: &str, new: &str) -> String {
    let diff = TextDiff::from_lines(old, new);
    let mut written = format!("{PLACE}{name}{PLACE:#}\n");
    for hunk in diff.unified_diff().context_radius(3).iter_hunks() {
        _ = writeln!(written, "{PLACE}{}{PLACE:#}", hunk.header());
        for change in hunk.iter_changes() {
            let (sign, style) = match change.tag() {
                ChangeTag::Delete => ('-', OLD),
                ChangeTag::Insert => ('+', NEW),
                ChangeTag::Equal => (' ', Style::new()),
            };
            let line = change.value().trim_end_matches(['\n', '\r']);
            _ = writeln!(written, "{style}{sign}{line}{style:#}");
        }
    }
    written
}

/// Two columns. A line that is too long for its column continues below.
fn side_by_side(name: &str, old: &str, new: &str, width: usize) -> String {
    let column = (width.saturating_sub(3) / 2).max(20);
    let mut written = format!("{PLACE}{name}{PLACE:#}\n");
    let (mut left, mut right) = (Vec::new(), Vec::new());
    let diff = TextDiff::from_lines(old, new);
    for change in diff.iter_all_changes() {
        let line = change.value().trim_end_matches(['\n', '\r']);
        match change.tag() {
            ChangeTag::Delete => left.push((line, OLD)),
            ChangeTag::Insert => right.push((line, NEW)),
            ChangeTag::Equal => {
                rows(&mut left, &mut right, column, &mut written);
                left.push((line, Style::new()));
                right.push((line, Style::new()));
            }
        }
    }
    rows(&mut left, &mut right, column, &mut written);
    written
}

fn rows<'a>(
    left: &mut Vec<(&'a str, Style)>,
    right: &mut Vec<(&'a str, Style)>,
    column: usize,
    written: &mut String,
) {
    let wrapped = |lines: &mut Vec<(&str, Style)>| {
        let mut all = Vec::new();
        for (line, style) in lines.drain(..) {
            let letters: Vec<_> = line.chars().collect();
            let chunks = letters.chunks(column).map(|chunk| (chunk.iter().collect::<String>(), style));
            all.extend(chunks);
            if letters.is_empty() {
                all.push((String::new(), style));
            }
        }
        all
    };
    let (left, right) = (wrapped(left), wrapped(right));
    for row in 0..left.len().max(right.len()) {
        let cell = |lines: &[(String, Style)]| lines.get(row).cloned().unwrap_or_default();
        let ((old, old_style), (new, new_style)) = (cell(&left), cell(&right));
        let blanks = " ".repeat(column - old.chars().count());
        let line = format!("{old_style}{old}{old_style:#}{blanks} │ {new_style}{new}{new_style:#}");
        written.push_str(line.trim_end());
        written.push('\n');
    }
}
