//! What a macro has to say, out of the `compile_error!`s in its output.

use std::{ops::Range, sync::Arc};

use proc_macro2::{Span, TokenStream, TokenTree};
use syn::{Item, LitStr};

use crate::source::{Problem, SourceFile};

/// The errors in `output`. What is about the whole of an attribute, and has no place of its own, is about `attribute`.
pub(super) fn errors_in(
    output: &TokenStream,
    file: &Arc<SourceFile>,
    attribute: &Range<usize>,
) -> Vec<Problem> {
    let mut problems = Vec::new();
    collect(output.clone(), &mut |start, end, message| {
        let (start, end) = (start.byte_range(), end.byte_range());
        let range = if start.is_empty() { attribute.clone() } else { start.start..end.end.max(start.end) };
        problems.push(Problem::at(file, range, message));
    });
    problems
}

/// Calls `found` with the first and the last span and the text of each `compile_error! { ".." }`.
fn collect(tokens: TokenStream, found: &mut impl FnMut(Span, Span, String)) {
    let tokens: Vec<_> = tokens.into_iter().collect();
    for (index, token) in tokens.iter().enumerate() {
        let TokenTree::Group(group) = token else { continue };
        let before = |by: usize| index.checked_sub(by).and_then(|at| tokens.get(at));
        let is_error = matches!(before(2), Some(TokenTree::Ident(name)) if name == "compile_error")
            && matches!(before(1), Some(TokenTree::Punct(punct)) if punct.as_char() == '!');
        match (is_error, syn::parse2::<LitStr>(group.stream())) {
            (true, Ok(text)) => {
                let start = before(2).map_or(group.span(), TokenTree::span);
                found(start, group.span(), text.value());
            }
            _ => collect(group.stream(), found),
        }
    }
}

/// Whether an item is there to report an error.
pub(super) fn is_error(item: &Item) -> bool {
    let Item::Macro(item) = item else { return false };
    item.mac.path.segments.last().is_some_and(|segment| segment.ident == "compile_error")
}
