//! Paths among tokens that are not parsed: the arguments of macros and of attributes.

use proc_macro2::{Ident, Span, TokenStream, TokenTree, token_stream};
use syn::ext::IdentExt as _;

use crate::source::names::PathSyntax;

/// Path that is being read.
struct Path {
    global: bool,
    names: Vec<String>,
    start: Span,
    end: Span,
}

/// Calls `found` with each path of two names or more. The meaning of a single name is unknown.
pub(super) fn paths(tokens: TokenStream, found: &mut impl FnMut(PathSyntax, Span, Span)) {
    let mut tokens = Tokens { rest: tokens.into_iter(), ahead: None };
    let mut before = Before::Other;
    while let Some(token) = tokens.next() {
        before = match token {
            TokenTree::Group(group) => {
                paths(group.stream(), found);
                Before::Other
            }
            // `return ::a::b` is not a path that begins with `return`.
            TokenTree::Ident(name) if KEYWORDS.contains(&&*name.to_string()) => Before::Other,
            TokenTree::Ident(name) if before.may_start() => {
                let path = Path {
                    global: before == Before::Colons,
                    names: vec![name.unraw().to_string()],
                    start: name.span(),
                    end: name.span(),
                };
                let path = tokens.path(path);
                if path.names.len() > 1 || path.global {
                    found(PathSyntax::from_names(path.global, path.names), path.start, path.end);
                }
                Before::Value
            }
            TokenTree::Ident(_) | TokenTree::Literal(_) => Before::Value,
            TokenTree::Punct(punct) => match punct.as_char() {
                // `$crate` is this crate; any other `$name` is unknown.
                '$' if tokens.next_is(|name| name == "crate") => Before::Other,
                // Variables of macros, those of `quote!`, and lifetimes.
                '$' | '\'' => Before::NoPath,
                '#' if tokens.next_is(|_| true) => Before::NoPath,
                // After `..` there is no field.
                '.' if before == Before::Dot => Before::Other,
                '.' if tokens.next_is(|_| true) => Before::NoPath,
                '.' => Before::Dot,
                // `->` and `=>`
                '-' | '=' => Before::Shaft,
                '>' if before != Before::Shaft => Before::Value,
                ':' if tokens.colon() => {
                    // After a name or a `>`, it continues a path: `Vec::<u8>::new`, `$krate::Name`.
                    if before == Before::Value { Before::NoPath } else { Before::Colons }
                }
                _ => Before::Other,
            },
        };
    }
}

/// Kind of the token before.
#[derive(Clone, Copy, PartialEq, Eq)]
enum Before {
    Other,
    /// A name, a literal or a `>`.
    Value,
    /// `::`, at the start of a path.
    Colons,
    Dot,
    /// `-` or `=`, which form an arrow with `>`.
    Shaft,
    /// A token after which a field, a lifetime or a variable of a macro starts, and no path.
    NoPath,
}

impl Before {
    fn may_start(self) -> bool {
        self != Self::NoPath
    }
}

/// Keywords that are not the start of a path, and that can stand before one.
const KEYWORDS: [&str; 32] = [
    "as", "async", "await", "break", "const", "continue", "dyn", "else", "enum", "extern", "fn", "for", "if",
    "impl", "in", "let", "loop", "match", "mod", "move", "mut", "pub", "ref", "return", "static", "struct",
    "trait", "type", "unsafe", "use", "where", "while",
];

struct Tokens {
    rest: token_stream::IntoIter,
    ahead: Option<TokenTree>,
}

impl Tokens {
    fn peek(&mut self) -> Option<&TokenTree> {
        if self.ahead.is_none() {
            self.ahead = self.rest.next();
        }
        self.ahead.as_ref()
    }

    fn next_is(&mut self, what: fn(&Ident) -> bool) -> bool {
        matches!(self.peek(), Some(TokenTree::Ident(name)) if what(name))
    }

    /// Consumes the second `:` of a `::`.
    fn colon(&mut self) -> bool {
        let is_colon = matches!(self.peek(), Some(TokenTree::Punct(punct)) if punct.as_char() == ':');
        if is_colon {
            self.ahead = None;
        }
        is_colon
    }

    /// Consumes the rest of a path: `::name`, repeatedly.
    fn path(&mut self, mut path: Path) -> Path {
        loop {
            let mut ahead = self.rest.clone();
            let first = self.ahead.clone().or_else(|| ahead.next());
            let is_colon = |token: Option<&TokenTree>| matches!(token, Some(TokenTree::Punct(token)) if token.as_char() == ':');
            if !is_colon(first.as_ref()) || !is_colon(ahead.next().as_ref()) {
                return path;
            }
            let Some(TokenTree::Ident(name)) = ahead.next() else { return path };
            path.names.push(name.unraw().to_string());
            path.end = name.span();
            self.rest = ahead;
            self.ahead = None;
        }
    }
}

impl Iterator for Tokens {
    type Item = TokenTree;

    fn next(&mut self) -> Option<TokenTree> {
        self.ahead.take().or_else(|| self.rest.next())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn found(text: &str) -> Vec<String> {
        let mut all = Vec::new();
        paths(text.parse().unwrap(), &mut |path, _, _| {
            all.push(format!("{:?} {}", path.start, path.names.join("::")));
        });
        all
    }

    #[test]
    fn paths_are_found_among_tokens() {
        assert_eq!(found("a::b(c::d, x.e, f) + crate::g"), ["Name a::b", "Name c::d", "Crate g"]);
        assert_eq!(found("[::sqlx::query; super::super::n]"), ["Global sqlx::query", "Up(2) n"]);
        assert_eq!(found("$crate::__private::ok($x::y)"), ["Crate __private::ok"]);
        assert_eq!(found("Vec::<a::B>::new()"), ["Name a::B"]);
        assert_eq!(
            found("return ::a::b; #krate::C; #[d::e] impl ::f::G for #h {}"),
            ["Global a::b", "Name d::e", "Global f::G"]
        );
        assert_eq!(
            found("<a::T as b::U>::f; 'a: 'b; 0..a::N; match x { r#mod::X => ::c::d }"),
            ["Name a::T", "Name b::U", "Name a::N", "Name mod::X", "Global c::d"]
        );
    }
}
