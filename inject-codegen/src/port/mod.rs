//! A stereotype on a trait: a port. `dyn Trait` is put in the layer.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, TypeParamBound};

use crate::{
    errors::Errors, generics::reject_lifetimes, implementations::layered, spans::respan,
    stereotype::StereotypeArgs,
};

// Input:
//     #[service]
//     pub trait Mailer: Send + Sync { .. }
//
// Output:
//     impl Layered for dyn Mailer { type Layer = Service; }
/// Expands a stereotype on a trait.
pub(crate) fn expand(args: &StereotypeArgs, mut item: ItemTrait, mut errors: Errors) -> TokenStream {
    reject_lifetimes(&item.generics, &mut errors);
    require_thread_safety(&mut item, &mut errors);
    args.reject_request_scope("a port has no scope: remove `scope = request`", &mut errors);
    let ident = &item.ident;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let port = respan(ident, quote!(dyn #ident #ty_generics));
    let block = args.runtime.block(&layered(&item.generics, &port, &args.layer));
    errors.append_to(quote!(#item #block))
}

/// Reports a port without `Send + Sync` at the trait and adds the bounds, so that rustc does not report every container: a container shares
/// its ports between threads. An unknown supertrait may imply the bounds.
fn require_thread_safety(item: &mut ItemTrait, errors: &mut Errors) {
    let is = |bound: &TypeParamBound, name: &str| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|segment| segment.ident == name));
    let is_thread_neutral = |bound: &TypeParamBound| {
        matches!(bound, TypeParamBound::Lifetime(_))
            || ["Send", "Sync", "Debug", "Display", "Any", "Error", "Unpin"]
                .iter()
                .any(|name| is(bound, name))
    };
    let has = |name| item.supertraits.iter().any(|bound| is(bound, name));
    if (has("Send") && has("Sync")) || !item.supertraits.iter().all(is_thread_neutral) {
        return;
    }
    errors.at(
        &item.ident,
        format_args!("a port is shared between threads: `trait {}: Send + Sync` [inject/port]", item.ident),
    );
    item.colon_token.get_or_insert_with(Default::default);
    item.supertraits.push(syn::parse_quote!(::core::marker::Send));
    item.supertraits.push(syn::parse_quote!(::core::marker::Sync));
}
