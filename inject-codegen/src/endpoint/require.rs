//! `#[require]` where rustc expands it: above the attribute of an endpoint, which then reads it, or on a plain axum handler.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};

use super::{
    policy::{Combinator, Requirement},
    require_role::handler,
};
use crate::{attributes::take, names};

// Input:
//     #[require(Permission("orders:write"))]
//     async fn purge(State(app): State<Arc<App>>) { .. }
//
// Output:
//     struct __purgeRequirement;
//     impl RequirementProof for __purgeRequirement { type Requirement = Permission; const REQUIREMENT: Permission = ..; }
//     async fn purge(_: Authorized<__purgeRequirement>, State(app): State<Arc<App>>) { .. }
/// Expands `#[require]`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let (mut item, mut errors) = match handler("require", REORDERED, "require", &args, item) {
        Ok(handler) => handler,
        Err(expansion) => return expansion,
    };
    let others = take(&mut item.attrs, "require");
    let others = Requirement::of_attributes(&others, &mut errors);
    let Some((requirement, runtime)) = Requirement::parse(args, &mut errors) else {
        return errors.append_to(item);
    };
    let parts = [requirement].into_iter().chain(others).collect();
    let Some(requirement) = Requirement::combine(Combinator::All, parts) else {
        return errors.append_to(item);
    };
    let vis = item.vis.clone();
    let proof = format_ident!("__{}Requirement", names::display_name(&item.sig.ident));
    let (private, ty, value) = (runtime.private(), requirement.ty(), requirement.value());
    item.sig.inputs.insert(0, syn::parse_quote!(_: #private::Authorized<#proof>));
    let block = runtime.block(&quote! {
        #[automatically_derived]
        impl __rt::RequirementProof for #proof {
            type Requirement = #ty;
            const REQUIREMENT: #ty = #value;
        }
    });
    errors.append_to(quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, reason = "a name for the guard")]
        #vis struct #proof;

        #block

        #item
    })
}

/// Name of the attribute after it was moved below that of the endpoint.
pub(super) const REORDERED: &str = "__require";
