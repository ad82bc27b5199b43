//! `#[around]` on a function: a function around endpoints, whose parameters are extractors and whose last parameter is the rest of the request.
//!
//! ```text
//! ItemFn --validate--> Model --expand--> TokenStream
//! ```

mod expand;
mod validate;

use proc_macro2::{TokenStream, TokenTree};
use quote::quote;
use syn::ItemFn;

use crate::{attributes, endpoint, errors::Errors, parameter::allow_lints};

/// Expands `#[around]`, and `#[around(audited)]` above the attribute of an endpoint.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    if !is_definition(args.clone()) {
        return endpoint::around(&args, item);
    }
    let mut errors = Errors::default();
    match syn::parse2::<ItemFn>(item.clone()) {
        // Reported there.
        Ok(function) if function.attrs.iter().any(endpoint::is_endpoint) => endpoint::around(&args, item),
        Ok(mut item) => {
            let model = validate::validate(args, &mut item, &mut errors);
            let expansion = model.map(|model| expand::expand(&model)).unwrap_or_default();
            let allowed = allow_lints();
            errors.append_to(quote!(#allowed #item #expansion))
        }
        Err(error) => {
            match syn::parse2::<syn::Item>(item.clone()) {
                // A function that cannot be parsed, such as an incomplete one, has the message of the parser.
                Err(_) => errors.push(error),
                Ok(_) => errors.at_call_site("`#[around]` goes on an async function [inject/around]"),
            }
            errors.append_to(attributes::strip(item))
        }
    }
}

/// Returns whether the arguments are those of an around function: none, or `crate = path`.
fn is_definition(args: TokenStream) -> bool {
    let mut args = args.into_iter();
    match (args.next(), args.next()) {
        (None, _) => true,
        (Some(TokenTree::Ident(key)), Some(TokenTree::Punct(sign))) => {
            key == "crate" && sign.as_char() == '='
        }
        _ => false,
    }
}
