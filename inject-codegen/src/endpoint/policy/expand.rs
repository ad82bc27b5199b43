//! The code of policies. It stands in a block with the alias `__rt`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Ident;

use super::{ast::Roles, requirement::Requirement, validate::Policy};
use crate::{
    names,
    parameter::{extracted_bound, is_signed, sort_of},
    spans::{respan_bound, respan_call},
};

impl Policy {
    /// Returns the type of the principal.
    pub(in crate::endpoint) fn principal(&self) -> Option<TokenStream> {
        match self {
            Self::Public(_) | Self::OfParameter(_) => None,
            Self::Authenticated(principal) => Some(quote!(#principal)),
            Self::AnyRole(_) | Self::Required { roles: Some(_), .. } => {
                let role = names::role();
                Some(quote!(<#role as __rt::Role>::Principal))
            }
            Self::Required { roles: None, requirement } => {
                let ty = proven(&requirement.first().1);
                Some(quote!(<#ty as __rt::Requirement>::Principal))
            }
        }
    }

    /// Returns the bound under which the principal is extracted.
    pub(in crate::endpoint) fn predicate(&self) -> Option<TokenStream> {
        let (container, principal, sort) = (names::container(), self.principal()?, names::principal_sort());
        let bound = quote!(__rt::Parameter<#container, #sort>);
        let bound = match self {
            Self::Public(_) | Self::OfParameter(_) => bound,
            Self::Authenticated(principal) => extracted_bound(principal),
            Self::AnyRole(Roles { role, .. }) | Self::Required { roles: Some(Roles { role, .. }), .. } => {
                respan_bound(role, &bound)
            }
            Self::Required { roles: None, requirement } => respan_bound(&requirement.first().0, &bound),
        };
        Some(quote!(#principal: #bound,))
    }

    /// Returns the policy as metadata. A policy of a parameter reads the constant `__PARAMETERS`.
    pub(in crate::endpoint) fn metadata(&self) -> TokenStream {
        match self {
            Self::Public(_) => quote!(__rt::Policy::Public),
            Self::OfParameter(key) => {
                let is_authenticated = key.is_some();
                quote!(__rt::stated_policy(__PARAMETERS, #is_authenticated))
            }
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
            Self::Required { roles, requirement } => {
                let requirement = shown(roles.as_ref(), requirement);
                quote!(__rt::Policy::Required { requirement: #requirement })
            }
        }
    }

    /// Returns the role check as metadata: an `Option<fn() -> RoleCheck>`.
    pub(in crate::endpoint) fn role_check(&self) -> TokenStream {
        match self.roles() {
            Some(Roles { any_of, .. }) => {
                let role = names::role();
                quote!(::core::option::Option::Some(|| __rt::RoleCheck::of::<#role>(&[#(#any_of),*])))
            }
            None => quote!(::core::option::Option::None),
        }
    }

    fn roles(&self) -> Option<&Roles> {
        match self {
            Self::AnyRole(roles) => Some(roles),
            Self::Required { roles, .. } => roles.as_ref(),
            Self::Public(_) | Self::Authenticated(_) | Self::OfParameter(_) => None,
        }
    }

    /// Returns the requirement as metadata: an `Option<fn() -> Vec<RoleCheck>>`. It reads the [constants](Self::constants).
    pub(in crate::endpoint) fn requirement(&self) -> TokenStream {
        match self {
            Self::Required { requirement, .. } => {
                let checks = requirement.checks();
                quote!(::core::option::Option::Some(|| #checks))
            }
            _ => quote!(::core::option::Option::None),
        }
    }

    /// Returns the types and constants that the other functions refer to, after a proof that the roles are roles and the requirements are
    /// requirements: what depends on the proof is erroneous if it failed, and rustc reports the mistake once.
    pub(in crate::endpoint) fn constants(&self) -> Option<TokenStream> {
        let requirement = match self {
            Self::Required { requirement, .. } => Some(requirement),
            _ => None,
        };
        let roles = self.roles();
        if roles.is_none() && requirement.is_none() {
            return None;
        }
        let is_role = roles.map(|Roles { role, .. }| quote!(_ = <#role as __rt::Role>::name;));
        let are_requirements = requirement.map(Requirement::proof);
        let role = roles.map(|Roles { role, .. }| {
            let (name, ty) = (names::role(), proven(&quote!(#role)));
            quote!(type #name = #ty;)
        });
        let constants = requirement.map(Requirement::constants);
        let proof = names::proof();
        Some(quote! {
            const __PROVEN: ::core::primitive::bool = {
                #is_role
                #are_requirements
                true
            };
            type #proof = __rt::Proven<__PROVEN>;
            #role
            #constants
        })
    }

    /// Returns a constant that compares the policy with the parameters of `endpoint`, for the policies that the macro cannot check by syntax.
    pub(in crate::endpoint) fn proof(&self, endpoint: &Ident, is_extracting: bool) -> Option<TokenStream> {
        let stated = match self {
            Self::Public(_) if is_extracting => quote!(Public),
            Self::Authenticated(_) => quote!(Principal),
            Self::OfParameter(Some(_)) => quote!(Authenticated),
            Self::OfParameter(None) => quote!(Parameter),
            Self::Public(_) | Self::AnyRole(_) | Self::Required { .. } => return None,
        };
        let error =
            quote!(&__rt::policy_error(<#endpoint as __rt::EndpointMeta>::SPEC, __rt::Stated::#stated));
        let reject = quote!(__rt::reject_policy);
        let check = match self {
            Self::Public(Some(key)) => respan_call(key, &reject, &error),
            Self::Authenticated(principal) => respan_call(principal, &reject, &error),
            Self::OfParameter(Some(key)) => respan_call(key, &reject, &error),
            _ => respan_call(endpoint, &reject, &error),
        };
        Some(quote!(const _: () = #check;))
    }

    /// Returns the alias of the sort of the principal.
    pub(in crate::endpoint) fn sort_alias(&self) -> Option<TokenStream> {
        let (ty, alias) = (self.principal()?, names::principal_sort());
        let sort = match self {
            Self::Authenticated(principal) if is_signed(principal) => quote!(__rt::Known),
            _ => sort_of(&ty),
        };
        Some(quote!(type #alias = #sort;))
    }

    /// Returns a closure that checks the principal.
    pub(in crate::endpoint) fn check(&self) -> TokenStream {
        let (principal, parts) = (names::principal(), names::parts());
        if let Self::Authenticated(_) | Self::Public(_) | Self::OfParameter(_) = self {
            return quote!(|#principal, _| ::core::result::Result::Ok(#principal));
        }
        let mut value = quote!(#principal);
        if let Some(Roles { any_of, .. }) = self.roles() {
            let role = names::role();
            value = quote!(__rt::authorize::<#role>(#value, &[#(#any_of),*], #parts));
        }
        if let Self::Required { requirement, .. } = self {
            if self.roles().is_some() {
                value = quote!(#value?);
            }
            let permitted = names::value();
            let condition = requirement.condition(&permitted);
            value = quote!(__rt::permit(#value, |#permitted| #condition, #parts));
        }
        quote!(|#principal, #parts| #value)
    }
}

/// Returns the type `ty` behind the proof.
pub(super) fn proven(ty: &TokenStream) -> TokenStream {
    let proof = names::proof();
    quote!(<(#ty, #proof) as __rt::Behind>::Type)
}

/// Returns the policy as written: `all(any(UserRole::Admin, UserRole::Teacher), Permission("courses:write"))`.
fn shown(roles: Option<&Roles>, requirement: &Requirement) -> String {
    let Some(Roles { any_of, .. }) = roles else { return requirement.to_string() };
    let roles: Vec<_> = any_of.iter().map(names::display_type).collect();
    match roles.as_slice() {
        [role] => format!("all({role}, {requirement})"),
        roles => format!("all(any({}), {requirement})", roles.join(", ")),
    }
}
