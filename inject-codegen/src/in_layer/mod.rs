//! `#[in_layer(Common)]`: a type that has a layer and no wiring.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::Item;

use crate::{
    attributes::{self, PathsAndRuntime},
    errors::Errors,
    implementations::layered,
};

const USAGE: &str = "#[in_layer(Common)]";

// Input:
//     #[in_layer(Common)]
//     pub struct Settings { .. }
//
// Output:
//     impl Layered for Settings { type Layer = Common; }
/// Expands `#[in_layer]`.
#[must_use]
pub fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut item = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            errors.push(error);
            return errors.append_to(attributes::strip(item));
        }
    };
    crate::reject_second_stereotype(&mut item, &mut errors);
    let (ident, generics) = match &item {
        Item::Struct(item) => (&item.ident, &item.generics),
        Item::Enum(item) => (&item.ident, &item.generics),
        Item::Union(item) => (&item.ident, &item.generics),
        _ => {
            errors.at_call_site(
                "`#[in_layer]` goes on a struct, an enum or a union; a trait takes `#[service]` or another stereotype [inject/shape]",
            );
            return errors.append_to(item);
        }
    };
    let Some((runtime, layer)) = read_layer(args, &mut errors) else {
        return errors.append_to(item);
    };
    let (_, ty_generics, _) = generics.split_for_impl();
    let block = runtime.block(&layered(generics, &quote!(#ident #ty_generics), &layer));
    errors.append_to(quote!(#item #block))
}

/// Reads the runtime, and the layer as a path.
fn read_layer(args: TokenStream, errors: &mut Errors) -> Option<(crate::paths::Runtime, TokenStream)> {
    let Ok(PathsAndRuntime { mut paths, runtime }) = syn::parse2(args.clone()) else {
        errors.at(args, format_args!("expected the path of a layer, as in `{USAGE}` [inject/shape]"));
        return None;
    };
    let layer = paths.pop();
    match &layer {
        None => errors.at_call_site(format_args!("`#[in_layer]` needs a layer: `{USAGE}` [inject/shape]")),
        Some(second) if !paths.is_empty() => {
            errors.at(second, "a type has one layer: keep one [inject/shape]");
        }
        Some(_) => {}
    }
    Some((runtime, layer?.into_token_stream()))
}
