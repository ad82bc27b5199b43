//! `#[container]`: the composition root.
//!
//! ```text
//! TokenStream --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod ast;
mod binding;
mod expand;
mod layering;
mod validate;

use proc_macro2::TokenStream;
use syn::Item;

use crate::{attributes, endpoint::keep_import_used, errors::Errors};

/// Expands `#[container]`.
#[must_use]
pub fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = ast::arguments(args, &mut errors);
    match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => {
            let ast = ast::Ast::read(runtime, item);
            let item = ast.item.clone();
            let uses: TokenStream = ast.transaction.iter().map(keep_import_used).collect();
            match validate::validate(ast, &mut errors) {
                Some(model) => {
                    let expansion = expand::expand(&model);
                    errors.append_to(quote::quote!(#item #expansion #uses))
                }
                None => errors.append_to(item),
            }
        }
        Ok(other) => {
            errors.at_call_site("a container is a struct with named fields: `#[container] pub struct App { .. }` [inject/shape]");
            errors.append_to(other)
        }
        Err(error) => {
            errors.push(error);
            errors.append_to(attributes::strip(item))
        }
    }
}
