//! Where an item is declared.

use proc_macro2::{Span, TokenStream};
use quote::quote_spanned;

use crate::paths::Runtime;

/// `Location { file, line }` of `span`, filled in by rustc.
pub(crate) fn location(runtime: &Runtime, span: Span) -> TokenStream {
    let location = runtime.private("Location");
    quote_spanned!(span=> #location { file: ::core::file!(), line: ::core::line!() })
}
