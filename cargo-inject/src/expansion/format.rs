//! Layout of generated code.

use std::{
    io::Write as _,
    path::PathBuf,
    process::{Command, Stdio},
};

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, File, Item, parse_quote};

use super::edits::line_start;

/// Formatter of generated code.
pub(super) enum Formatter {
    /// Layout that is equal on every machine, for comparisons.
    Prettyplease,
    /// The layout of the user's own code. Where rustfmt is not installed, that of prettyplease.
    Rustfmt {
        edition: String,
        /// Folder whose `rustfmt.toml` counts.
        folder: PathBuf,
    },
}

impl Formatter {
    /// Formats items, with one blank line between two.
    pub(super) fn items(&self, items: &[Item]) -> String {
        let printed = print(items);
        match self {
            Self::Prettyplease => printed,
            Self::Rustfmt { edition, folder } => {
                rustfmt(&printed, edition, folder).map_or(printed, |text| text.trim_end().to_owned())
            }
        }
    }

    /// Formats an expression.
    pub(super) fn expression(&self, expression: &Expr) -> String {
        let printed = self.items(&[parse_quote!(fn f() { #expression })]);
        let body = printed
            .split_once('\n')
            .and_then(|(_, rest)| rest.rsplit_once('\n'))
            .map_or("", |(body, _)| body);
        dedented(body, 4)
    }
}

/// Runs rustfmt; `None` if it is not installed or cannot format the code.
fn rustfmt(code: &str, edition: &str, folder: &PathBuf) -> Option<String> {
    let program = std::env::var_os("RUSTFMT").unwrap_or_else(|| "rustfmt".into());
    let mut command = Command::new(program);
    command.args(["--edition", edition, "--emit", "stdout", "--quiet"]).current_dir(folder);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null());
    let mut child = command.spawn().ok()?;
    // Dropping the handle ends the input.
    let written = child.stdin.take()?.write_all(code.as_bytes());
    let output = child.wait_with_output().ok()?;
    written.ok()?;
    output.status.success().then(|| String::from_utf8(output.stdout).ok()).flatten()
}

fn print(items: &[Item]) -> String {
    let printed = items.iter().map(|item| {
        let file = File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item.clone()] };
        prettyplease::unparse(&file)
    });
    printed.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// Formats tokens that stand between those of the user: attributes, one a line, or parameters.
pub(super) fn fragment(written: &str) -> String {
    if written.starts_with('#')
        && let Ok(item) = syn::parse_str::<Item>(&format!("{written} fn f() {{}}"))
        && let Some((attributes, _)) = print(&[item]).rsplit_once("fn f()")
    {
        // On one line each, however long: they are secondary.
        return attributes
            .replace("(\n    ", "(")
            .replace(",\n    ", ", ")
            .replace(",\n)", ")")
            .replace("\n)", ")");
    }
    if let Ok(item) = syn::parse_str::<Item>(&format!("fn f({written}) {{}}")) {
        let printed = print(&[item]);
        let parameters = printed.trim_start_matches("fn f(").trim_end_matches(") {}");
        let comma = if written.trim_end().ends_with(',') { ", " } else { "" };
        return format!("{}{comma}", parameters.trim_end_matches(','));
    }
    written.to_owned()
}

/// `code` with `by` before each line, except the first line, empty lines, and lines that start inside a literal.
pub(super) fn indented(code: &str, by: &str) -> String {
    if by.is_empty() {
        return code.to_owned();
    }
    let inside = literal_lines(code);
    let lines = code.split('\n').enumerate().map(|(number, line)| {
        let stays = number == 0 || line.is_empty() || inside.contains(&number);
        if stays { line.to_owned() } else { format!("{by}{line}") }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// `code` without the first `by` blanks of each line, except lines that start inside a literal.
pub(super) fn dedented(code: &str, by: usize) -> String {
    if by == 0 {
        return code.to_owned();
    }
    let inside = literal_lines(code);
    let lines = code.split('\n').enumerate().map(|(number, line)| {
        let blanks = line.len() - line.trim_start_matches([' ', '\t']).len();
        if inside.contains(&number) { line } else { &line[blanks.min(by)..] }
    });
    lines.collect::<Vec<_>>().join("\n")
}

/// Numbers, from zero, of the lines that start inside a literal.
fn literal_lines(code: &str) -> Vec<usize> {
    fn collect(code: &str, tokens: TokenStream, lines: &mut Vec<usize>) {
        for token in tokens {
            match token {
                TokenTree::Group(group) => collect(code, group.stream(), lines),
                TokenTree::Literal(literal) => {
                    let range = literal.span().byte_range();
                    if let Some(text) = code.get(range.clone()).filter(|text| text.contains('\n')) {
                        let first = code[..line_start(code, range.start)].matches('\n').count();
                        lines.extend((1..=text.matches('\n').count()).map(|line| first + line));
                    }
                }
                TokenTree::Ident(_) | TokenTree::Punct(_) => {}
            }
        }
    }
    let mut lines = Vec::new();
    if let Ok(tokens) = code.parse() {
        collect(code, tokens, &mut lines);
    }
    lines
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn literals_keep_their_lines() {
        let code = "fn f() {\n    g(\"a\n  b\");\n}";
        assert_eq!(indented(code, "    "), "fn f() {\n        g(\"a\n  b\");\n    }");
        assert_eq!(dedented("    g(\"a\n    b\");\n    h();", 4), "g(\"a\n    b\");\nh();");
    }

    #[test]
    fn an_expression_stands_alone() {
        assert_eq!(
            Formatter::Prettyplease.expression(&parse_quote!({
                a(1);
                b
            })),
            "{\n    a(1);\n    b\n}"
        );
        assert_eq!(fragment("_ : :: a :: B < C > ,"), "_: ::a::B<C>, ");
        assert_eq!(fragment("# [ allow ( a , b ) ]"), "#[allow(a, b)]\n");
    }

    #[test]
    fn without_rustfmt_there_is_a_layout() {
        let formatter =
            Formatter::Rustfmt { edition: "2024".to_owned(), folder: PathBuf::from("/nowhere/at/all") };
        assert_eq!(
            formatter.items(&[parse_quote!(
                fn f() {}
            )]),
            "fn f() {}"
        );
    }
}
