//! `#[require_role]` where rustc expands it: above the attribute of an endpoint, which then reads it, or on a plain axum handler.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, ItemFn};

use super::{ATTRIBUTES, policy::Roles};
use crate::{attributes, errors::Errors, names, transaction};

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
    let (mut item, mut errors) = match handler("require_role", REORDERED, "role", &args, item) {
        Ok(handler) => handler,
        Err(expansion) => return expansion,
    };
    let Some(Roles { role, any_of, runtime }) = Roles::parse(args, &mut errors) else {
        return errors.append_to(item);
    };
    let vis = item.vis.clone();
    let roles = format_ident!("__{}Roles", names::display_name(&item.sig.ident));
    let private = runtime.private();
    item.sig.inputs.insert(0, syn::parse_quote!(_: #private::RoleGuard<#roles>));
    let block = runtime.block(&quote! {
        #[automatically_derived]
        impl __rt::AnyOf for #roles {
            type Role = #role;
            const ROLES: &'static [Self::Role] = &[#(#any_of),*];
        }
    });
    errors.append_to(quote! {
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, reason = "a name for the guard")]
        #vis struct #roles;

        #block

        #item
    })
}

/// Returns the handler under the attribute `name`. `Err` is the whole expansion: of an endpoint, whose attribute reads this one, or after an
/// error.
pub(super) fn handler(
    name: &str,
    reordered: &str,
    tag: &str,
    args: &TokenStream,
    item: TokenStream,
) -> Result<(ItemFn, Errors), TokenStream> {
    if args.to_string() == KEEP_IMPORT_USED {
        return Err(TokenStream::new());
    }
    let mut errors = Errors::default();
    let mut item: ItemFn = match syn::parse2(item.clone()) {
        Ok(item) => item,
        Err(error) => {
            match syn::parse2::<syn::Item>(item.clone()) {
                Err(_) => errors.push(error),
                Ok(_) => errors.at_call_site(format_args!(
                    "`#[{name}]` goes on a function: an endpoint or an axum handler [inject/{tag}]"
                )),
            }
            return Err(errors.append_to(attributes::strip(item)));
        }
    };
    if let Some(position) = item.attrs.iter().position(is_endpoint) {
        // The attribute of the endpoint comes first and reads this one.
        let endpoint = item.attrs.remove(position);
        let reordered = format_ident!("{reordered}");
        return Err(quote!(#endpoint #[#reordered(#args)] #item));
    }
    if let Some(receiver) = item.sig.receiver() {
        errors
            .at(receiver, format_args!("`#[{name}]` goes on a free function, without `self` [inject/{tag}]"));
        return Err(errors.append_to(item));
    }
    Ok((item, errors))
}

/// Name of the attribute after it was moved below that of the endpoint.
pub(super) const REORDERED: &str = "__require_role";

/// Argument of an attribute that only keeps its import used.
pub(crate) const KEEP_IMPORT_USED: &str = "__keep_import_used";

/// Returns a use of the attribute that the endpoint has taken off. Without it, rustc would report the import as unused.
pub(crate) fn keep_import_used(attribute: &Attribute) -> TokenStream {
    let (path, argument) = (attribute.path(), format_ident!("{KEEP_IMPORT_USED}"));
    let reordered = [REORDERED, super::require::REORDERED, super::around::REORDERED, transaction::REORDERED];
    if reordered.iter().any(|name| path.is_ident(name)) {
        return TokenStream::new();
    }
    quote!(#[#path(#argument)] const _: () = ();)
}

/// Returns whether the attribute makes an endpoint of a function.
pub(crate) fn is_endpoint(attribute: &Attribute) -> bool {
    attribute
        .path()
        .segments
        .last()
        .is_some_and(|segment| ATTRIBUTES.iter().any(|name| segment.ident == name))
}
