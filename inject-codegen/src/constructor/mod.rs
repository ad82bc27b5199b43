//! A stereotype on an impl block: the function under `#[inject]` is the constructor.
//!
//! ```text
//! ItemImpl --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod ast;
mod expand;
mod validate;

use proc_macro2::TokenStream;
use quote::ToTokens as _;
use syn::ItemImpl;

use crate::{errors::Errors, stereotype::StereotypeArgs};

/// Expands a stereotype on an impl block.
pub(crate) fn expand(args: StereotypeArgs, item: ItemImpl, mut errors: Errors) -> TokenStream {
    let ast = ast::Ast::read(args, item);
    let item = ast.item.to_token_stream();
    let expansion = match validate::validate(ast, &mut errors) {
        Ok(model) => expand::expand(&model),
        Err(stub) => expand::stub(&stub),
    };
    errors.append_to(quote::quote!(#item #expansion))
}
