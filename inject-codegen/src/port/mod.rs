//! A stereotype on a trait: a port. `dyn Trait` is put in the layer.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{ItemTrait, TraitItem, TypeParamBound};

use crate::{
    errors::Errors,
    generics::{reject_lifetimes, with_parameter},
    implementations::layered,
    names,
    spans::respan,
    stereotype::StereotypeArgs,
};

// Input:
//     #[service]
//     pub trait Mailer: Send + Sync { .. }
//
// Output:
//     impl Layered for dyn Mailer { type Layer = Service; }
//     impl<T: Mailer + 'static> ImplementedBy<T> for dyn Mailer { .. } // a coercion, for `Port::new`
/// Expands a stereotype on a trait.
pub(crate) fn expand(args: &StereotypeArgs, mut item: ItemTrait, mut errors: Errors) -> TokenStream {
    reject_lifetimes(&item.generics, &mut errors);
    require_thread_safety(args, &mut item, &mut errors);
    reject_async_functions(&mut item, &mut errors);
    let ident = &item.ident;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let port = respan(ident, quote!(dyn #ident #ty_generics));
    let layered = layered(&item.generics, &port, &args.layer);
    let implementation = names::implementation_type();
    let extended = with_parameter(&item.generics, &implementation, &quote!(#ident #ty_generics + 'static));
    let (impl_generics, _, where_clause) = extended.split_for_impl();
    let block = args.runtime.block(&quote! {
        #layered
        #[automatically_derived]
        impl #impl_generics __rt::ImplementedBy<#implementation> for #port #where_clause {
            fn port(implementation: __rt::Boxed<#implementation>) -> __rt::Boxed<Self> {
                implementation
            }
        }
    });
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
/// its ports between threads. A port of the request scope belongs to one request, which moves between threads. An unknown supertrait may imply
/// the bounds.
fn require_thread_safety(args: &StereotypeArgs, item: &mut ItemTrait, errors: &mut Errors) {
    let is = |bound: &TypeParamBound, name: &str| matches!(bound, TypeParamBound::Trait(bound) if bound.path.segments.last().is_some_and(|segment| segment.ident == name));
    let is_thread_neutral = |bound: &TypeParamBound| {
        matches!(bound, TypeParamBound::Lifetime(_))
            || ["Send", "Sync", "Debug", "Display", "Any", "Error", "Unpin"]
                .iter()
                .any(|name| is(bound, name))
    };
    let has = |name| item.supertraits.iter().any(|bound| is(bound, name));
    let is_shared = !args.is_of_request();
    if (has("Send") && (has("Sync") || !is_shared)) || !item.supertraits.iter().all(is_thread_neutral) {
        return;
    }
    let name = &item.ident;
    if is_shared {
        errors.at(
            name,
            format_args!(
                "a port is shared between threads: `trait {name}: Send + Sync`; or it belongs to one request: `{}(scope = request)]` and `trait {name}: Send` [inject/port]",
                args.attribute.trim_end_matches(']'),
            ),
        );
    } else {
        errors.at(
            name,
            format_args!(
                "a request moves between threads, and its ports with it: `trait {name}: Send` [inject/port]"
            ),
        );
    }
    item.colon_token.get_or_insert_with(Default::default);
    item.supertraits.push(syn::parse_quote!(::core::marker::Send));
    if is_shared {
        item.supertraits.push(syn::parse_quote!(::core::marker::Sync));
    }
}
