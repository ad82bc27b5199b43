//! Spans of generated code, which decide where rustc reports an error in it.

use proc_macro2::{Delimiter, Group, Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};

/// Returns `generated` with the spans of the first and the last token of `user`, so that rustc underlines all of `user`.
///
/// Names resolve as in `generated`. An editor treats every identifier with the span of a user's token as a definition of it, so `generated`
/// should begin and end with punctuation. rustc underlines everything from the first token to the last.
pub(crate) fn respan(user: &impl ToTokens, generated: TokenStream) -> TokenStream {
    let Some((start, end)) = ends(user.to_token_stream()) else {
        return generated;
    };
    let mut generated: Vec<_> = generated.into_iter().collect();
    // `::` is one token to rustc, and two here.
    let is_colon = |token: &TokenTree| matches!(token, TokenTree::Punct(sign) if sign.as_char() == ':');
    let leading = if generated.first().is_some_and(is_colon) { 2 } else { 1 };
    for token in generated.iter_mut().take(leading) {
        set_location(token, start);
    }
    if let [_, .., token] = generated.as_mut_slice() {
        set_location(token, end);
    }
    generated.into_iter().collect()
}

/// Returns the spans of the first and the last token: of what a `macro_rules!` has been given for a `$parameter`, and not of the parameter.
fn ends(tokens: TokenStream) -> Option<(Span, Span)> {
    let mut tokens = tokens.into_iter();
    let first = tokens.next()?;
    let (start, end) = ends_of(&first);
    Some((start, tokens.last().map_or(end, |last| ends_of(&last).1)))
}

fn ends_of(token: &TokenTree) -> (Span, Span) {
    match token {
        TokenTree::Group(group) if group.delimiter() == Delimiter::None => {
            ends(group.stream()).unwrap_or((group.span(), group.span()))
        }
        token => (token.span(), token.span()),
    }
}

fn set_location(token: &mut TokenTree, span: Span) {
    token.set_span(span.resolved_at(token.span()));
}

/// Returns a bound with the spans of `user`: where rustc says "unsatisfied trait bound introduced here", it underlines `user`.
///
/// The empty binder begins the bound with a token that is not an identifier; see [`respan`].
pub(crate) fn respan_bound(user: &impl ToTokens, bound: &TokenStream) -> TokenStream {
    respan(user, quote!(for<> #bound))
}

/// Returns the call `(function)(arguments)` with the spans of `user`: an error in the call as a whole, such as a panic in a constant, underlines
/// `user`. The parentheses around the function begin the call with a token that is not an identifier; see [`respan`].
pub(crate) fn respan_call(
    user: &impl ToTokens,
    function: &TokenStream,
    arguments: &TokenStream,
) -> TokenStream {
    respan(user, quote!((#function)(#arguments)))
}

/// Returns a path with the spans of `user` on all of its tokens, for errors that rustc reports at a name in the path. Unlike with
/// [`respan`], an editor sees identifiers with the span of the user's tokens.
pub(crate) fn respan_path(user: &impl ToTokens, path: TokenStream) -> TokenStream {
    let Some((start, end)) = ends(user.to_token_stream()) else {
        return path;
    };
    let mut spanned = TokenStream::new();
    for (index, mut token) in path.into_iter().enumerate() {
        set_location(&mut token, if index == 0 { start } else { end });
        spanned.extend([token]);
    }
    spanned
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
