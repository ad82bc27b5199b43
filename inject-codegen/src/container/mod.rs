//! `#[container]`: the composition root. `#[module]`: a part of it that another crate owns.
//!
//! ```text
//! TokenStream --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod ast;
mod binding;
mod expand;
mod fields;
mod layering;
mod model;
mod module;
mod recipe;
mod validate;

use proc_macro2::TokenStream;
use syn::Item;

use self::ast::Kind;
use crate::{attributes, endpoint::keep_import_used, errors::Errors};

/// Expands `#[container]`.
#[must_use]
pub fn container(args: TokenStream, item: TokenStream) -> TokenStream {
    expand_as(Kind::Container, args, item)
}

/// Expands `#[module]`.
#[must_use]
pub fn module(args: TokenStream, item: TokenStream) -> TokenStream {
    expand_as(Kind::Module, args, item)
}

fn expand_as(kind: Kind, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let runtime = ast::arguments(kind, args, &mut errors);
    match syn::parse2(item.clone()) {
        Ok(Item::Struct(item)) => {
            let ast = ast::Ast::read(runtime, kind, item);
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
            errors.at_call_site(format_args!(
                "a {} is a struct with named fields: `{} pub struct {} {{ .. }}` [inject/shape]",
                kind.noun(),
                kind.attribute(),
                if kind == Kind::Module { "Catalog" } else { "App" },
            ));
            errors.append_to(other)
        }
        Err(error) => {
            errors.push(error);
            errors.append_to(attributes::strip(item))
        }
    }
}
