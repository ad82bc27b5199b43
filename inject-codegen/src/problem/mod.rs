//! `#[derive(Problem)]`: the problem details response of an error.
//!
//! ```text
//! DeriveInput --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod template;
mod validate;

use proc_macro2::TokenStream;
use syn::DeriveInput;

use crate::errors::Errors;

/// Expands `#[derive(Problem)]`.
#[must_use]
pub fn expand(item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let Some(item) = errors.take(syn::parse2::<DeriveInput>(item)) else {
        return errors.append_to(TokenStream::new());
    };
    let model = validate::validate(ast::Ast::read(item), &mut errors);
    let expansion = model.as_ref().map(expand::expand);
    errors.append_to(expansion)
}
