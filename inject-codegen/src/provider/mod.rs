//! `#[inject]` on a function: a provider, whose parameters are extractors and whose output becomes one.
//!
//! ```text
//! ItemFn --validate--> Model --expand--> TokenStream
//! ```

mod expand;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

use crate::{errors::Errors, parameter::allow_lints};

/// Expands `#[inject]` on a function.
pub(crate) fn expand(args: TokenStream, mut item: ItemFn, mut errors: Errors) -> TokenStream {
    let model = validate::validate(args, &mut item, &mut errors);
    let expansion = model.map(|model| expand::expand(&model)).unwrap_or_default();
    let allowed = allow_lints();
    errors.append_to(quote!(#allowed #item #expansion))
}
