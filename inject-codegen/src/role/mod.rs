//! `#[derive(Role)]`.
//!
//! ```text
//! DeriveInput --validate--> Model --expand--> TokenStream
//! ```

mod expand;
mod validate;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// Expands `#[derive(Role)]`.
pub(crate) fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let expansion = match syn::parse2::<DeriveInput>(item) {
        Ok(item) => validate::validate(&item, &mut errors).map(|model| expand::expand(&model)),
        Err(error) => {
            errors.push(error);
            None
        }
    };
    errors.append_to(expansion.unwrap_or_default())
}
