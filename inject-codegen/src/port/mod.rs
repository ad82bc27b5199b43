//! A stereotype on a trait: a port. `dyn Trait` is put in the layer.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ItemTrait;

use crate::{errors::Errors, generics::reject_lifetimes, stereotype::StereotypeArgs};

// Input:
//     #[service]
//     pub trait Mailer: Send + Sync { .. }
//
// Output:
//     impl Layered for dyn Mailer { type Layer = Service; }
/// Expands a stereotype on a trait.
pub(crate) fn expand(args: StereotypeArgs, item: &ItemTrait, mut errors: Errors) -> TokenStream {
    reject_lifetimes(&item.generics, &mut errors);
    let StereotypeArgs { runtime, layer, .. } = &args;
    let ident = &item.ident;
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    errors.beside(quote! {
        #item
        #[automatically_derived]
        impl #impl_generics #runtime::Layered for dyn #ident #ty_generics #where_clause {
            type Layer = #layer;
        }
    })
}
