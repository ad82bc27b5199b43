//! Changes to the text of a file.

use std::ops::Range;

/// Replacement of a part of a text.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct Edit {
    pub(crate) range: Range<usize>,
    pub(crate) text: String,
}

impl Edit {
    /// Removes `range` from `text`: with its lines if they contain nothing else, and otherwise with the blanks behind it.
    pub(super) fn removal(text: &str, range: Range<usize>) -> Self {
        let line_start = line_start(text, range.start);
        let is_blank = |text: &str| text.chars().all(char::is_whitespace);
        let rest = &text[range.end..];
        let blanks = rest.len() - rest.trim_start_matches([' ', '\t']).len();
        let end = range.end + blanks;
        let line_end = match text[end..].strip_prefix("\r\n").or_else(|| text[end..].strip_prefix('\n')) {
            Some(after) => Some(text.len() - after.len()),
            None => (end == text.len()).then_some(end),
        };
        let range = match line_end {
            Some(line_end) if is_blank(&text[line_start..range.start]) => line_start..line_end,
            // Text is before it: the blanks between them go.
            Some(_) => range.start - trailing_blanks(&text[line_start..range.start])..range.end,
            None => range.start..end,
        };
        Self { range, text: String::new() }
    }
}

/// Text of `range` after `edits`. An edit that lies inside an earlier one is ignored.
pub(crate) fn apply(text: &str, range: Range<usize>, edits: &[Edit]) -> String {
    let mut sorted: Vec<_> =
        edits.iter().filter(|edit| range.start <= edit.range.start && edit.range.end <= range.end).collect();
    sorted.sort_by_key(|edit| (edit.range.start, edit.range.end));
    let (mut changed, mut position) = (String::new(), range.start);
    for Edit { range, text: new } in sorted {
        if range.start >= position {
            changed.push_str(&text[position..range.start]);
            changed.push_str(new);
            position = range.end;
        }
    }
    changed.push_str(&text[position..range.end]);
    changed
}

/// Start of the line with the byte at `offset`.
pub(super) fn line_start(text: &str, offset: usize) -> usize {
    text[..offset].rfind('\n').map_or(0, |newline| newline + 1)
}

/// Blanks at the start of the line with the byte at `offset`.
pub(super) fn indentation(text: &str, offset: usize) -> &str {
    let line = &text[line_start(text, offset)..];
    &line[..line.len() - line.trim_start_matches([' ', '\t']).len()]
}

/// Start of the comments directly above the line with the byte at `offset`: whole lines, without a blank line between.
pub(super) fn with_comments_above(text: &str, offset: usize) -> usize {
    let mut start = line_start(text, offset);
    if !text[start..offset].trim().is_empty() {
        return offset;
    }
    while start > 0 {
        let above = line_start(text, start - 1);
        let line = text[above..start].trim_start();
        // `//!` is about the module.
        if !line.starts_with("//") || line.starts_with("//!") {
            break;
        }
        start = above;
    }
    start
}

fn trailing_blanks(text: &str) -> usize {
    text.len() - text.trim_end_matches([' ', '\t']).len()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn without(text: &str, part: &str) -> String {
        let start = text.find(part).unwrap();
        let edit = Edit::removal(text, start..start + part.len());
        apply(text, 0..text.len(), &[edit])
    }

    #[test]
    fn a_removal_leaves_no_hole() {
        assert_eq!(without("/// A.\n  #[a(\n  b)]\n  struct A;\n", "#[a(\n  b)]"), "/// A.\n  struct A;\n");
        assert_eq!(without("#[a] struct A;\n", "#[a]"), "struct A;\n");
        assert_eq!(without("#[a] // why\nstruct A;\n", "#[a]"), "// why\nstruct A;\n");
        assert_eq!(without("f(#[a]\n b)", "#[a]"), "f(\n b)");
        assert_eq!(without("#[a]\r\nstruct A;", "#[a]"), "struct A;");
    }

    #[test]
    fn comments_above_belong_to_an_item() {
        let text = "//! M.\n// One\n// two\nfn a() {}\n\n// b\n\nfn b() {}";
        assert_eq!(&text[with_comments_above(text, text.find("fn a").unwrap())..][..6], "// One");
        assert_eq!(&text[with_comments_above(text, text.find("fn b").unwrap())..], "fn b() {}");
    }
}
