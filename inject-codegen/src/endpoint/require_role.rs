//! `#[require_role]` where it is expanded by itself: above an endpoint, to which it then belongs, or on a plain axum handler.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, ItemFn};

use super::{ATTRIBUTES, policy::Roles};
use crate::{attributes, errors::Errors, names};

// Input:
//     #[require_role(UserRole::Admin)]
//     async fn purge(State(app): State<Arc<App>>) { .. }
//
// Output:
//     struct __purgeRoles;
//     impl AnyOf for __purgeRoles { type Role = UserRole; const ROLES: &[UserRole] = &[UserRole::Admin]; }
//     async fn purge(_: RoleGuard<__purgeRoles>, State(app): State<Arc<App>>) { .. }
/// Expands `#[require_role]`.
pub(crate) fn expand(args: TokenStream, item: TokenStream) -> TokenStream {
    let mut errors = Errors::default();
    let mut item: ItemFn = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            match syn::parse2::<syn::Item>(item.clone()) {
                Err(_) => errors.push(error),
                Ok(_) => errors.at_call_site(
                    "`#[require_role]` goes on an endpoint or an axum handler, which are functions [inject/role]",
                ),
            }
            return errors.beside(attributes::strip(item));
        }
    };
    if let Some(position) = item.attrs.iter().position(is_endpoint) {
        // The endpoint's attribute comes first, and reads this one.
        let endpoint = item.attrs.remove(position);
        return quote!(#endpoint #[require_role(#args)] #item);
    }
    if let Some(receiver) = item.sig.receiver() {
        errors.at(receiver, "a handler with a guard is a free function, without `self` [inject/role]");
        return errors.beside(item);
    }
    let Some(Roles { role, any_of, runtime }) = Roles::parse(args, &mut errors) else {
        return errors.beside(item);
    };
    let vis = &item.vis;
    let roles = format_ident!("__{}Roles", names::shown(&item.sig.ident));
    let [any_of_trait, guard] = ["AnyOf", "RoleGuard"].map(|it| runtime.private(it));
    item.sig.inputs.insert(0, syn::parse_quote!(_: #guard<#roles>));
    let vis = vis.clone();
    errors.beside(quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)] // it is called like the function, and there is never one of it
        #vis struct #roles;

        #[automatically_derived]
        impl #any_of_trait for #roles {
            type Role = #role;
            const ROLES: &'static [Self::Role] = &[#(#any_of),*];
        }

        #item
    })
}

fn is_endpoint(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|it| ATTRIBUTES.iter().any(|name| it.ident == name))
}
