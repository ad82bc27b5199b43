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
    if args.to_string() == MENTIONED {
        return TokenStream::new();
    }
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
        let moved = format_ident!("{MOVED}");
        return quote!(#endpoint #[#moved(#args)] #item);
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

/// The name of the attribute once it is below that of the endpoint.
pub(super) const MOVED: &str = "__require_role";

/// The argument of a use that only says that the attribute is in use.
const MENTIONED: &str = "__mentioned";

/// The use of an attribute that the endpoint has taken off: without it, rustc would call the import of the attribute unused.
pub(super) fn mention(attribute: &Attribute) -> TokenStream {
    let (path, mentioned) = (attribute.path(), format_ident!("{MENTIONED}"));
    if path.is_ident(MOVED) {
        return TokenStream::new();
    }
    quote!(#[#path(#mentioned)] const _: () = ();)
}

fn is_endpoint(attribute: &Attribute) -> bool {
    attribute.path().segments.last().is_some_and(|it| ATTRIBUTES.iter().any(|name| it.ident == name))
}
