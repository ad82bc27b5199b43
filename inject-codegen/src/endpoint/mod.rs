//! `#[get]` and its siblings, and `#[require_role]`.
//!
//! ```text
//! ItemFn --ast--> Ast --validate--> Model --expand--> TokenStream
//! ```

mod answer;
mod around;
mod ast;
mod expand;
mod path;
mod policy;
mod require;
mod require_role;
mod validate;

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemFn;

pub(crate) use self::{
    around::expand as around,
    require::expand as require,
    require_role::{KEEP_IMPORT_USED, expand as require_role, is_endpoint, keep_import_used},
};

use crate::{attributes, errors::Errors};

/// Names of the endpoint attributes: one for each common method, and `#[route]` for every method that axum knows.
pub(crate) const ATTRIBUTES: [&str; 8] =
    ["get", "post", "put", "patch", "delete", "head", "options", "route"];

/// Expands `#[get]` and its siblings. `method` is `None` for `#[route]`, whose first argument it is.
pub(crate) fn expand(method: Option<&'static str>, args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let attribute = match method {
        Some(method) => format!("#[{}]", method.to_lowercase()),
        None => "#[route]".to_owned(),
    };
    match syn::parse2::<ItemFn>(item.clone()) {
        Ok(item) => {
            let ast = ast::Ast::read(method, attribute, args, item, &mut errors);
            let uses: TokenStream = ast.attributes().map(keep_import_used).collect();
            let model = validate::validate(ast, &mut errors);
            // With `self` it is in an impl block, which cannot contain the expansion.
            let expansion = model.item.sig.receiver().is_none().then(|| {
                let expansion = expand::expand(&model);
                quote!(#expansion #uses)
            });
            // After an error, the function stays as written: an editor completes and checks its body.
            let item = model.is_stub.then(|| expand::as_written(&model.item));
            errors.append_to(quote!(#item #expansion))
        }
        Err(error) => {
            match syn::parse2::<syn::Item>(item.clone()) {
                // A function that cannot be parsed, such as an incomplete one, has the message of the parser.
                Err(_) => errors.push(error),
                Ok(_) => errors
                    .at_call_site(format_args!("`{attribute}` goes on an async function [inject/endpoint]")),
            }
            errors.append_to(attributes::strip(item))
        }
    }
}
