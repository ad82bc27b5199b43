//! Colors for Rust code.

use anstyle::{AnsiColor, Style};
use proc_macro2::{TokenStream, TokenTree};

const COMMENT: Style = AnsiColor::BrightBlack.on_default();
const KEYWORD: Style = AnsiColor::Magenta.on_default();
const TYPE: Style = AnsiColor::Yellow.on_default();
const CALL: Style = AnsiColor::Blue.on_default();
const LITERAL: Style = AnsiColor::Green.on_default();
const LIFETIME: Style = AnsiColor::Cyan.on_default();

const KEYWORDS: [&str; 41] = [
    "as", "async", "await", "break", "const", "continue", "crate", "dyn", "else", "enum", "extern", "false",
    "fn", "for", "if", "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return",
    "self", "Self", "static", "struct", "super", "trait", "true", "type", "union", "unsafe", "use", "where",
    "while", "yield", "try",
];

/// Line that is not code.
pub(super) fn title(text: &str) -> String {
    styled(text, AnsiColor::Cyan.on_default().bold())
}

/// Rust code, with colors if they are shown.
pub(super) fn rust(code: &str, has_color: bool) -> String {
    if has_color { painted(code) } else { code.to_owned() }
}

/// Code with colors. Between the tokens are blanks and comments.
fn painted(code: &str) -> String {
    let mut painter = Painter { code, painted: String::with_capacity(code.len() * 2), position: 0 };
    match code.parse() {
        Ok(tokens) => painter.tokens(tokens),
        Err(_) => return code.to_owned(),
    }
    painter.gap(code.len());
    painter.painted
}

struct Painter<'a> {
    code: &'a str,
    painted: String,
    position: usize,
}

impl Painter<'_> {
    fn tokens(&mut self, tokens: TokenStream) {
        let mut tokens = tokens.into_iter().peekable();
        while let Some(token) = tokens.next() {
            match &token {
                TokenTree::Group(group) => {
                    let (open, close) = (group.span_open().byte_range(), group.span_close().byte_range());
                    self.token(open, Style::new());
                    self.tokens(group.stream());
                    self.token(close, Style::new());
                }
                TokenTree::Literal(literal) => self.token(literal.span().byte_range(), LITERAL),
                TokenTree::Ident(name) => {
                    let style = match tokens.peek() {
                        Some(TokenTree::Punct(punct)) if punct.as_char() == '!' => CALL,
                        Some(TokenTree::Group(group))
                            if group.delimiter() == proc_macro2::Delimiter::Parenthesis =>
                        {
                            style_of(&name.to_string(), CALL)
                        }
                        _ => style_of(&name.to_string(), Style::new()),
                    };
                    self.token(name.span().byte_range(), style);
                }
                TokenTree::Punct(punct) => {
                    let range = punct.span().byte_range();
                    // A documentation comment is an attribute whose tokens all have the place of the comment.
                    let is_comment = self.code[range.clone()].starts_with('/') && range.len() > 2;
                    let style = match punct.as_char() {
                        _ if is_comment => COMMENT,
                        '\'' => LIFETIME,
                        _ => Style::new(),
                    };
                    self.token(range, style);
                    if punct.as_char() == '\''
                        && let Some(TokenTree::Ident(name)) = tokens.peek()
                    {
                        self.token(name.span().byte_range(), LIFETIME);
                        tokens.next();
                    }
                }
            }
        }
    }

    fn token(&mut self, range: std::ops::Range<usize>, style: Style) {
        if range.start >= self.position {
            self.gap(range.start);
            self.painted.push_str(&styled(&self.code[range.clone()], style));
            self.position = range.end;
        }
    }

    /// Blanks and comments up to `end`.
    fn gap(&mut self, end: usize) {
        let gap = &self.code[self.position..end];
        let comment = gap.trim();
        match gap.find(comment).filter(|_| !comment.is_empty()) {
            None => self.painted.push_str(gap),
            Some(start) => {
                self.painted.push_str(&gap[..start]);
                self.painted.push_str(&styled(comment, COMMENT));
                self.painted.push_str(&gap[start + comment.len()..]);
            }
        }
        self.position = end;
    }
}

fn style_of(name: &str, otherwise: Style) -> Style {
    if KEYWORDS.contains(&name) {
        KEYWORD
    } else if name.starts_with(char::is_uppercase) {
        TYPE
    } else {
        otherwise
    }
}

fn styled(text: &str, style: Style) -> String {
    if style == Style::new() { text.to_owned() } else { format!("{style}{text}{style:#}") }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn colors_change_nothing_else() {
        let code =
            "/// Doc.\n#[get(\"/a\")] // why\nfn f<'a>(x: &'a T) -> r#type { g(x)?; /* no */ 'b' }\n// end\n";
        let painted = painted(code);
        assert_eq!(anstream::adapter::strip_str(&painted).to_string(), code);
        for (text, style) in
            [("/// Doc.", COMMENT), ("// why", COMMENT), ("fn", KEYWORD), ("T", TYPE), ("g", CALL)]
        {
            assert!(painted.contains(&styled(text, style)), "{text}: {painted:?}");
        }
    }
}
