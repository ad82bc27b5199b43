//! A stereotype on a trait: a port. `dyn Trait` is put in the layer.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, TraitItem, TypeParamBound};

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
    reject_async_functions(&mut item, &mut errors);
    args.reject_request_scope("a port has no scope: remove `scope = request`", &mut errors);
    let ident = &item.ident;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let port = respan(ident, quote!(dyn #ident #ty_generics));
    let block = args.runtime.block(&layered(&item.generics, &port, &args.layer));
    errors.append_to(quote!(#item #block))
}

/// Reports async functions, which a trait object cannot have, and excludes them from the object, so that rustc does not report every use of the
/// port. An attribute that is not known may be `#[async_trait]`, which replaces them.
fn reject_async_functions(item: &mut ItemTrait, errors: &mut Errors) {
    const INERT: [&str; 6] = ["allow", "cfg", "cfg_attr", "doc", "expect", "must_use"];
    if !item.attrs.iter().all(|attribute| INERT.iter().any(|known| attribute.path().is_ident(known))) {
        return;
    }
    for function in &mut item.items {
        let TraitItem::Fn(function) = function else { continue };
        let Some(asyncness) = &function.sig.asyncness else { continue };
        errors.at(
            asyncness,
            format_args!(
                "`dyn {}` cannot have an async function: put `#[async_trait]` under the stereotype and on the implementations, or return a boxed future [inject/port]",
                item.ident,
            ),
        );
        let where_clause = function.sig.generics.make_where_clause();
        where_clause.predicates.push(syn::parse_quote!(Self: ::core::marker::Sized));
    }
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
