//! Collection of errors, so that one compilation reports all of them.

use std::fmt::Display;

use proc_macro2::{Span, TokenStream};
use quote::{ToTokens, quote};

/// The errors found so far.
#[derive(Default)]
pub(crate) struct Errors {
    all: Vec<syn::Error>,
}

impl Errors {
    /// Reports `message`, underlining all of `tokens`.
    pub(crate) fn at(&mut self, tokens: impl ToTokens, message: impl Display) {
        self.push(syn::Error::new_spanned(tokens, message));
    }

    /// Reports `message` at the attribute.
    pub(crate) fn at_call_site(&mut self, message: impl Display) {
        self.push(syn::Error::new(Span::call_site(), message));
    }

    pub(crate) fn push(&mut self, error: syn::Error) {
        self.all.push(error);
    }

    /// Returns the value of `result`, or reports its error.
    pub(crate) fn take<T>(&mut self, result: syn::Result<T>) -> Option<T> {
        result.map_err(|error| self.push(error)).ok()
    }

    /// Returns the number of errors.
    pub(crate) fn count(&self) -> usize {
        self.all.len()
    }

    /// Returns `item`, followed by the errors.
    pub(crate) fn append_to(self, item: impl ToTokens) -> TokenStream {
        let errors = self.all.iter().map(syn::Error::to_compile_error);
        quote!(#item #(#errors)*)
    }
}

/// Returns ", did you mean `..`?" if one of `known` is close to `name`, and an empty string otherwise.
pub(crate) fn did_you_mean(name: &str, known: &[&str]) -> String {
    nearest(name, known).map(|known| format!(", did you mean `{known}`?")).unwrap_or_default()
}

/// Returns the name among `known` of which `name` is probably a misspelling.
pub(crate) fn nearest<'a>(name: &str, known: &[&'a str]) -> Option<&'a str> {
    /// Jaro-Winkler similarity above which a name counts as a misspelling.
    const CLOSE: f64 = 0.8;
    known
        .iter()
        .map(|known| (strsim::jaro_winkler(name, known), *known))
        .filter(|(similarity, _)| *similarity > CLOSE)
        .max_by(|(a, _), (b, _)| a.total_cmp(b))
        .map(|(_, known)| known)
}
