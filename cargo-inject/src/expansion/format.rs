//! Generated code, as a person would lay it out.

use proc_macro2::{TokenStream, TokenTree};
use syn::{Expr, File, Item, parse_quote};

use super::edits::line_start;

/// Items, one blank line between two.
pub(super) fn items(items: &[Item]) -> String {
    let printed = items.iter().map(|item| {
        let file = File { shebang: None, frontmatter: None, attrs: Vec::new(), items: vec![item.clone()] };
        prettyplease::unparse(&file)
    });
    printed.collect::<Vec<_>>().join("\n").trim_end().to_owned()
}

/// An expression.
pub(super) fn expression(expression: &Expr) -> String {
    let printed = items(&[parse_quote!(fn f() { #expression })]);
    let body =
        printed.split_once('\n').and_then(|(_, rest)| rest.rsplit_once('\n')).map_or("", |(body, _)| body);
    dedented(body, 4)
}

/// Tokens that stand between those of the user: attributes, one a line, or parameters.
pub(super) fn fragment(written: &str) -> String {
    if written.starts_with('#')
        && let Ok(item) = syn::parse_str::<Item>(&format!("{written} fn f() {{}}"))
        && let Some((attributes, _)) = items(&[item]).rsplit_once("fn f()")
    {
        // On one line each, however long: they are not what the reader came for.
        return attributes
            .replace("(\n    ", "(")
            .replace(",\n    ", ", ")
            .replace(",\n)", ")")
            .replace("\n)", ")");
    }
    if let Ok(item) = syn::parse_str::<Item>(&format!("fn f({written}) {{}}")) {
        let printed = items(&[item]);
        let parameters = printed.trim_start_matches("fn f(").trim_end_matches(") {}");
        let comma = if written.trim_end().ends_with(',') { ", " } else { "" };
        return format!("{}{comma}", parameters.trim_end_matches(','));
    }
    written.to_owned()
}

/// `code` with `by` before each line but the first and empty ones; what is inside a literal stays.
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

/// `code` with at most `by` blanks taken from the start of each line; what is inside a literal stays.
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

/// The lines, from zero, that start inside a literal.
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
            expression(&parse_quote!({
                a(1);
                b
            })),
            "{\n    a(1);\n    b\n}"
        );
        assert_eq!(fragment("_ : :: a :: B < C > ,"), "_: ::a::B<C>, ");
        assert_eq!(fragment("# [ allow ( a , b ) ]"), "#[allow(a, b)]\n");
    }
}
