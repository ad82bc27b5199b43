//! Changes that a macro makes to the item under it, as edits of the source.
//!
//! Macros return the item without some attributes, and rarely with additions. The user's tokens have a place in the file, so the rest of the
//! source stays as it is, with its comments.

use std::ops::Range;

use proc_macro2::{Delimiter, Spacing, Span, TokenStream, TokenTree};
use quote::ToTokens;

use super::{edits::Edit, format};

/// One token, or one end of a group.
struct Leaf {
    range: Range<usize>,
    text: String,
    /// Whether the next token belongs to it, as with the first half of `::`.
    is_joint: bool,
}

impl Leaf {
    fn new(span: Span, text: &str, is_joint: bool) -> Self {
        Self { range: span.byte_range(), text: text.to_owned(), is_joint }
    }

    /// Whether both are one token of the source. The spacing is ignored: syntax trees do not keep it.
    fn is(&self, other: &Self) -> bool {
        self.range == other.range && self.text == other.text
    }
}

/// Edits of `text` that turn `before`, which is written there, into `after`. Additions above an item go to `above` if it is given: the place
/// of the attribute that adds them.
pub(super) fn changes(
    text: &str,
    before: &impl ToTokens,
    after: &impl ToTokens,
    above: Option<usize>,
) -> Vec<Edit> {
    let before = leaves(before.to_token_stream());
    let (mut removed, mut added) = (Vec::new(), Vec::new());
    let (mut position, mut pending) = (0, String::new());
    for leaf in leaves(after.to_token_stream()) {
        match before[position..].iter().position(|old| old.is(&leaf)) {
            Some(skipped) => {
                let here = before[position].range.start;
                let place = above.filter(|_| position == 0).unwrap_or(here);
                added.extend(addition(&mut pending, place));
                removed.extend(runs(&before[position..position + skipped]));
                position += skipped + 1;
            }
            None => {
                pending.push_str(&leaf.text);
                pending.push_str(if leaf.is_joint { "" } else { " " });
            }
        }
    }
    added.extend(before.last().and_then(|last| addition(&mut pending, last.range.end)));
    removed.extend(runs(&before[position..]));

    let mut edits = Vec::new();
    for run in removed {
        let at = added.iter().position(|edit: &Edit| edit.range.start == run.start);
        edits.push(match at.map(|at| added.remove(at).text) {
            // It has lines of its own, like the text that it replaces.
            Some(new) if new.ends_with('\n') => Edit { range: run, text: new.trim_end().to_owned() },
            Some(new) => Edit { text: new, ..Edit::removal(text, run) },
            None => Edit::removal(text, run),
        });
    }
    edits.extend(added);
    edits
}

/// Addition at `place`.
fn addition(pending: &mut String, place: usize) -> Option<Edit> {
    let written = std::mem::take(pending);
    (!written.is_empty()).then(|| Edit { range: place..place, text: format::fragment(&written) })
}

/// Bytes that `leaves` cover in the source, separate for each attribute.
fn runs(leaves: &[Leaf]) -> Vec<Range<usize>> {
    let mut runs: Vec<Range<usize>> = Vec::new();
    for leaf in leaves.iter().filter(|leaf| !leaf.range.is_empty()) {
        match runs.last_mut() {
            Some(run) if leaf.text != "#" || leaf.range.start < run.end => {
                run.end = run.end.max(leaf.range.end);
            }
            _ => runs.push(leaf.range.clone()),
        }
    }
    runs
}

fn leaves(tokens: TokenStream) -> Vec<Leaf> {
    fn collect(tokens: TokenStream, leaves: &mut Vec<Leaf>) {
        for token in tokens {
            match &token {
                TokenTree::Group(group) => {
                    let (open, close) = match group.delimiter() {
                        Delimiter::Parenthesis => ("(", ")"),
                        Delimiter::Brace => ("{", "}"),
                        Delimiter::Bracket => ("[", "]"),
                        Delimiter::None => ("", ""),
                    };
                    leaves.push(Leaf::new(group.span_open(), open, false));
                    collect(group.stream(), leaves);
                    leaves.push(Leaf::new(group.span_close(), close, false));
                }
                TokenTree::Punct(punct) => {
                    let is_joint = punct.spacing() == Spacing::Joint;
                    leaves.push(Leaf::new(punct.span(), &punct.to_string(), is_joint));
                }
                token => leaves.push(Leaf::new(token.span(), &token.to_string(), false)),
            }
        }
    }
    let mut all = Vec::new();
    collect(tokens, &mut all);
    all
}

#[cfg(test)]
mod tests {
    use quote::quote;
    use syn::{FnArg, ItemFn};

    use super::*;
    use crate::expansion::edits::apply;

    fn changed(text: &str, change: impl FnOnce(&mut ItemFn)) -> String {
        let before: ItemFn = syn::parse_str(text).unwrap();
        let mut after = before.clone();
        change(&mut after);
        apply(text, 0..text.len(), &changes(text, &before, &after, None))
    }

    #[test]
    fn attributes_go_and_comments_stay() {
        let text = "/// Doc.\n#[a(x)]\n#[b]\nfn f(\n    #[c] x: T, // why\n) { /* body */ }";
        let expected = "/// Doc.\nfn f(\n    x: T, // why\n) { /* body */ }";
        let new = changed(text, |function| {
            function.attrs.truncate(1);
            if let Some(FnArg::Typed(parameter)) = function.sig.inputs.first_mut() {
                parameter.attrs.clear();
            }
        });
        assert_eq!(new, expected);
    }

    #[test]
    fn additions_are_written_out() {
        let new = changed("fn f(x: T) {}", |function| {
            function.sig.inputs.insert(0, syn::parse_quote!(_: ::a::Guard<B>));
        });
        assert_eq!(new, "fn f(_: ::a::Guard<B>, x: T) {}");
        let with_attribute = quote!(#[allow(dead_code)]);
        let item: ItemFn = syn::parse_str("fn g() {}").unwrap();
        let edits = changes("fn g() {}", &item, &quote!(#with_attribute #item), None);
        assert_eq!(apply("fn g() {}", 0..9, &edits), "#[allow(dead_code)]\nfn g() {}");
    }
}
