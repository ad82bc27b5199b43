//! Putting an error on the tokens it is about.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// Returns `generated` with the spans of the first and the last token of `user`, so that rustc underlines all of `user`.
///
/// Names resolve as in `generated`. The tokens in between keep their spans: an editor would otherwise offer each of them as a definition of
/// the user's token.
pub(crate) fn respan(user: &impl ToTokens, generated: TokenStream) -> TokenStream {
    let mut tokens = user.to_token_stream().into_iter();
    let Some(first) = tokens.next() else {
        return generated;
    };
    let start = first.span();
    let end = tokens.last().map_or(start, |token| token.span());
    let mut generated: Vec<_> = generated.into_iter().collect();
    if let Some(token) = generated.first_mut() {
        set_location(token, start);
    }
    if let [_, .., token] = generated.as_mut_slice() {
        set_location(token, end);
    }
    generated.into_iter().collect()
}

fn set_location(token: &mut TokenTree, span: Span) {
    token.set_span(span.resolved_at(token.span()));
}

/// Returns `call` as if it had been written at `place`: a `#[track_caller]` function gets that location, and not that of the attribute. The
/// arguments keep their spans.
pub(crate) fn with_span(place: Span, call: TokenStream) -> TokenStream {
    call.into_iter()
        .map(|token| match token {
            TokenTree::Group(group) => {
                let mut moved = Group::new(group.delimiter(), group.stream());
                moved.set_span(place);
                TokenTree::Group(moved)
            }
            mut token => {
                token.set_span(place);
                token
            }
        })
        .collect()
}
