//! The code of policies. It stands in a block with the alias `__rt`.

use proc_macro2::TokenStream;
use quote::quote;

use super::{ast::Roles, validate::Policy};
use crate::{names, spans::respan_bound};

impl Policy {
    /// Returns the type of the principal.
    pub(in crate::endpoint) fn principal(&self) -> Option<TokenStream> {
        match self {
            Self::Public => None,
            Self::Authenticated(principal) => Some(quote!(#principal)),
            Self::AnyRole(Roles { role, .. }) => Some(quote!(<#role as __rt::Role>::Principal)),
        }
    }

    /// Returns the bound under which the principal is extracted.
    pub(in crate::endpoint) fn predicate(&self) -> Option<TokenStream> {
        let (container, principal) = (names::container(), self.principal()?);
        let bound = quote!(__rt::Parameter<#container>);
        let bound = match self {
            Self::Public => bound,
            Self::Authenticated(principal) => respan_bound(principal, &bound),
            Self::AnyRole(Roles { role, .. }) => respan_bound(role, &bound),
        };
        Some(quote!(#principal: #bound,))
    }

    /// Returns the policy as metadata.
    pub(in crate::endpoint) fn metadata(&self) -> TokenStream {
        match self {
            Self::Public => quote!(__rt::Policy::Public),
            Self::Authenticated(principal) => {
                let principal = names::display_type(principal);
                quote!(__rt::Policy::Authenticated { principal: #principal })
            }
            Self::AnyRole(Roles { role, any_of, .. }) => {
                let role = names::display_type(role);
                let any_of = any_of
                    .iter()
                    .filter_map(|role| role.segments.last())
                    .map(|variant| names::display_name(&variant.ident));
                quote!(__rt::Policy::AnyRole { role: #role, any_of: &[#(#any_of),*] })
            }
        }
    }

    /// Returns the role check as metadata: an `Option<fn() -> RoleCheck>`.
    pub(in crate::endpoint) fn role_check(&self) -> TokenStream {
        match self {
            Self::AnyRole(Roles { role, any_of, .. }) => quote! {
                ::core::option::Option::Some(|| __rt::RoleCheck::of::<#role>(&[#(#any_of),*]))
            },
            Self::Public | Self::Authenticated(_) => quote!(::core::option::Option::None),
        }
    }

    /// Returns a statement that extracts the principal, checks its roles, and keeps it if a parameter may take it.
    pub(in crate::endpoint) fn check(&self, parts: &TokenStream, is_taken: bool) -> TokenStream {
        let (principal, container_type, container) =
            (names::principal(), names::container(), names::container_value());
        let Some(ty) = self.principal() else { return TokenStream::new() };
        let extracted = quote!(<#ty as __rt::Parameter<#container_type>>::extract(#parts, #container));
        let mut value = quote!(__rt::map_rejection(#extracted.await)?);
        if let Self::AnyRole(Roles { role, any_of, .. }) = self {
            value = quote!(__rt::authorize::<#role>(#value, &[#(#any_of),*])?);
        }
        if is_taken {
            quote!(let mut #principal = ::core::option::Option::Some(#value);)
        } else {
            quote!(_ = #value;)
        }
    }
}
