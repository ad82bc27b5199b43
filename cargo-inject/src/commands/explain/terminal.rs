//! Markdown for a terminal: headings, paragraphs, code, lists and tables.

use std::fmt::Write as _;

use anstyle::{AnsiColor, Style};
use pulldown_cmark::{CodeBlockKind, Event, HeadingLevel, Options, Parser, Tag, TagEnd};

use super::pages::Page;

const HEADING: Style = Style::new().bold();
const CODE: Style = AnsiColor::Cyan.on_default();
const WRONG: Style = AnsiColor::Red.on_default();

/// `markdown` in lines of at most `width` characters; code is not wrapped.
pub(super) fn rendered(markdown: &str, width: usize) -> String {
    let mut page = Rendering { width, ..Rendering::default() };
    for event in Parser::new_ext(markdown, Options::ENABLE_TABLES) {
        page.event(event);
    }
    page.out
}

#[derive(Default)]
struct Rendering {
    width: usize,
    out: String,
    /// Text of the paragraph, heading, item or cell that is being read.
    text: String,
    is_code: bool,
    /// Numbers of the open lists; none for a list without numbers.
    lists: Vec<Option<u64>>,
    link: Option<String>,
    rows: Vec<Vec<String>>,
}

impl Rendering {
    fn event(&mut self, event: Event<'_>) {
        match event {
            Event::Start(tag) => self.start(tag),
            Event::End(tag) => self.end(tag),
            Event::Text(text) if self.is_code => {
                for line in text.lines() {
                    self.line(&if line.is_empty() {
                        String::new()
                    } else {
                        format!("    {CODE}{line}{CODE:#}")
                    });
                }
            }
            Event::Text(text) => self.text.push_str(&text),
            // Code that contains backticks gets none around it.
            Event::Code(code) if code.contains('`') => {
                let _ = write!(self.text, "{CODE}{}{CODE:#}", code.trim());
            }
            Event::Code(code) => {
                let _ = write!(self.text, "{CODE}`{code}`{CODE:#}");
            }
            Event::SoftBreak | Event::HardBreak => self.text.push(' '),
            _ => {}
        }
    }

    fn start(&mut self, tag: Tag<'_>) {
        match tag {
            Tag::Strong => self.text.push_str(&HEADING.render().to_string()),
            Tag::CodeBlock(kind) => {
                let info = if let CodeBlockKind::Fenced(info) = &kind { &**info } else { "" };
                if info.contains("compile_fail") {
                    self.line(&format!("    {WRONG}// this does not compile{WRONG:#}"));
                }
                self.is_code = true;
            }
            Tag::List(first) => self.lists.push(first),
            Tag::Link { dest_url, .. } => self.link = Some(dest_url.into_string()),
            Tag::TableHead | Tag::TableRow => self.rows.push(Vec::new()),
            _ => {}
        }
    }

    fn end(&mut self, tag: TagEnd) {
        match tag {
            TagEnd::Heading(level) => {
                // In a pipe there is no other difference between a heading and a paragraph.
                if level > HeadingLevel::H1 {
                    self.text = self.text.to_uppercase();
                }
                self.text = format!("{HEADING}{}{HEADING:#}", self.text);
                self.block();
            }
            TagEnd::Strong => self.text.push_str(&HEADING.render_reset().to_string()),
            TagEnd::Paragraph if self.lists.is_empty() => self.block(),
            TagEnd::CodeBlock => {
                self.is_code = false;
                self.line("");
            }
            TagEnd::Item => self.item(),
            TagEnd::List(_) => {
                self.lists.pop();
                self.line("");
            }
            TagEnd::Link => self.end_of_link(),
            TagEnd::TableCell => {
                let cell = std::mem::take(&mut self.text);
                if let Some(row) = self.rows.last_mut() {
                    row.push(cell);
                }
            }
            TagEnd::Table => self.table(),
            _ => {}
        }
    }

    /// Writes the target of a link: the command for another page, and otherwise the address.
    fn end_of_link(&mut self) {
        let Some(target) = self.link.take() else { return };
        let _ = match target.strip_suffix(".md").and_then(Page::of) {
            Some(page) => write!(self.text, " ({CODE}cargo inject explain {}{CODE:#})", page.tag),
            None => write!(self.text, " ({target})"),
        };
    }

    fn item(&mut self) {
        let depth = self.lists.len().saturating_sub(1);
        let mark = match self.lists.last_mut() {
            Some(Some(number)) => {
                *number += 1;
                format!("{}. ", *number - 1)
            }
            _ => "* ".to_owned(),
        };
        let first = format!("{}{mark}", "  ".repeat(depth));
        let rest = " ".repeat(first.len());
        let text = std::mem::take(&mut self.text);
        self.wrapped(&text, &first, &rest);
    }

    /// Writes the text so far, with an empty line below.
    fn block(&mut self) {
        let text = std::mem::take(&mut self.text);
        self.wrapped(&text, "", "");
        self.line("");
    }

    fn wrapped(&mut self, text: &str, first: &str, rest: &str) {
        let options = textwrap::Options::new(self.width)
            .initial_indent(first)
            .subsequent_indent(rest)
            .break_words(false)
            .word_splitter(textwrap::WordSplitter::NoHyphenation);
        for line in textwrap::wrap(text, options) {
            self.line(&line);
        }
    }

    /// Writes a table in columns, of which the last is wrapped. Without enough room, each row is a paragraph.
    fn table(&mut self) {
        let rows = std::mem::take(&mut self.rows);
        let count = rows.iter().map(Vec::len).max().unwrap_or_default();
        let cell_width = |text: &String| textwrap::core::display_width(text);
        let widths: Vec<usize> = (0..count)
            .map(|column| rows.iter().filter_map(|row| row.get(column)).map(cell_width).max().unwrap_or(0))
            .collect();
        let before: usize = widths.iter().take(count.saturating_sub(1)).map(|width| width + 2).sum();
        for (number, row) in rows.iter().enumerate() {
            let [cells @ .., last] = &row[..] else { continue };
            if before + 30 > self.width {
                // Paragraphs need no head.
                if number > 0 {
                    self.wrapped(&cells.join("  "), "* ", "  ");
                    self.wrapped(last, "  ", "  ");
                }
                continue;
            }
            let padded = cells.iter().zip(&widths).map(|(cell, width)| {
                let space = " ".repeat(width.saturating_sub(cell_width(cell)) + 2);
                format!("{cell}{space}")
            });
            let (head, indent) = (padded.collect::<String>(), " ".repeat(before));
            let bold = if number == 0 { HEADING } else { Style::new() };
            self.wrapped(&format!("{bold}{last}{bold:#}"), &format!("{bold}{head}{bold:#}"), &indent);
        }
        self.line("");
    }

    fn line(&mut self, line: &str) {
        let line = line.trim_end();
        // Never two empty lines in a row.
        if !(line.is_empty() && (self.out.is_empty() || self.out.ends_with("\n\n"))) {
            self.out.push_str(line);
            self.out.push('\n');
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn plain(markdown: &str, width: usize) -> String {
        anstream::adapter::strip_str(&rendered(markdown, width)).to_string()
    }

    #[test]
    fn the_elements_of_pages_are_laid_out() {
        let page = "\
# `[inject/layer]`: wrong way

A paragraph that is *wrapped* where the
line ends; **Bold.** See [port](port.md).

## Why

* first item of a list
* second

```rust,compile_fail
struct A;

struct B;
```

| layer | use |
|---|---|
| `Route` | ``a `tick` `` |
";
        let expected = "\
`[inject/layer]`: wrong way

A paragraph that is wrapped where the
line ends; Bold. See port (cargo inject
explain port).

WHY

* first item of a list
* second

    // this does not compile
    struct A;

    struct B;

layer    use
`Route`  a `tick`

";
        assert_eq!(plain(page, 40), expected);
    }

    #[test]
    fn a_table_without_room_is_a_list() {
        let table = "| message | what to write |\n|---|---|\n| one that is quite long | the fix |\n";
        assert_eq!(plain(table, 30), "* one that is quite long\n  the fix\n\n");
    }

    #[test]
    fn every_page_fits() {
        for page in super::super::pages::TAGS.iter().filter_map(|tag| Page::of(tag)) {
            let text = plain(page.text, 80);
            let too_long = text.lines().find(|line| !line.starts_with("    ") && line.chars().count() > 80);
            assert_eq!(too_long, None, "{}", page.tag);
        }
    }
}
