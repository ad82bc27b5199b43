//! Putting an error on the tokens it is about.

use proc_macro2::{Group, Span, TokenStream, TokenTree};
use quote::ToTokens;

/// `generated`, with the spans of the first and the last token of `user`: what rustc says of the whole then underlines
/// all of `user`. Names still resolve as in `generated`.
pub(crate) fn across(user: &impl ToTokens, generated: TokenStream) -> TokenStream {
    let mut tokens = user.to_token_stream().into_iter();
    let Some(first) = tokens.next() else {
        return generated;
    };
    let start = first.span();
    let end = tokens.last().map_or(start, |token| token.span());
    let mut generated = generated.into_iter();
    let mut spanned = TokenStream::new();
    spanned.extend(generated.next().map(|token| at(start, token)));
    spanned.extend(generated.map(|token| at(end, token)));
    spanned
}

fn at(span: Span, token: TokenTree) -> TokenTree {
    let mut token = match token {
        TokenTree::Group(group) => {
            let inner = group.stream().into_iter().map(|token| at(span, token)).collect();
            TokenTree::Group(Group::new(group.delimiter(), inner))
        }
        token => token,
    };
    token.set_span(span.resolved_at(token.span()));
    token
}

/// `call`, as if it had been written at `place`: what asks for its caller's location gets that of `place`, and not that of the
/// attribute. The arguments stay where they are.
pub(crate) fn called_at(place: Span, call: TokenStream) -> TokenStream {
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
