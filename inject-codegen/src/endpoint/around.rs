//! `#[around(audited)]` on an endpoint.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Attribute, Path, Token, parse::Parser as _, punctuated::Punctuated};

use super::require_role::handler;
use crate::{attributes::arguments, errors::Errors};

/// Name of the attribute after it was moved below that of the endpoint.
pub(super) const REORDERED: &str = "__around";

/// Expands `#[around(..)]` where rustc expands it: above the attribute of an endpoint, which then reads it.
pub(crate) fn expand(args: &TokenStream, item: TokenStream) -> TokenStream {
    let (item, mut errors) = match handler("around", REORDERED, "around", args, item) {
        Ok(handler) => handler,
        Err(expansion) => return expansion,
    };
    errors.at(
        args,
        "the names of around functions go on an endpoint, with `#[get]` or another method; an around function has `#[around]` without arguments [inject/around]",
    );
    errors.append_to(quote!(#item))
}

/// Returns the around functions that the attributes of an endpoint name, outermost first.
pub(super) fn named(attributes: &[Attribute], errors: &mut Errors) -> Vec<Path> {
    const USAGE: &str = "#[around(audited)]";
    let mut named = Vec::new();
    for attribute in attributes {
        let Some(arguments) = arguments(attribute, USAGE, errors) else { continue };
        match Punctuated::<Path, Token![,]>::parse_terminated.parse2(arguments.clone()) {
            Ok(paths) => named.extend(paths),
            Err(_) => errors.at(
                arguments,
                format_args!("expected the names of around functions, as in `{USAGE}` [inject/around]"),
            ),
        }
    }
    named
}
