//! The code of roles.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Visibility, parse_quote};

use super::validate::Model;
use crate::{names, request::Parameter};

// Input:
//     #[derive(Role)]
//     #[role(principal = CurrentUser, proofs = roles)]
//     pub enum UserRole { #[role(implies(Teacher))] Admin, Teacher }
//
// Output:
//     impl Role for UserRole {
//         type Principal = CurrentUser;
//         fn name(self) -> &'static str { match self { Self::Admin => "Admin", .. } }
//         fn granted_by(self) -> &'static [Self] { match self { Self::Teacher => &[Self::Teacher, Self::Admin], .. } }
//         fn all() -> &'static [Self] { &[Self::Admin, Self::Teacher] }
//     }
//     pub mod roles { pub struct Admin; pub struct Teacher; }
//     impl Proof for roles::Admin { .. }
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, ident, vis, principal, proofs, roles, is_stub } = model;
    let principal = match principal {
        Some(principal) => quote!(#principal),
        None => quote!(::core::convert::Infallible),
    };
    if *is_stub {
        return quote! {
            #[automatically_derived]
            impl #runtime::Role for #ident {
                type Principal = #principal;

                fn name(self) -> &'static ::core::primitive::str {
                    ""
                }

                fn granted_by(self) -> &'static [Self] {
                    &[]
                }
            }
        };
    }
    let described = described(model);
    let names: Vec<_> = roles.iter().map(|role| &role.ident).collect();
    let shown = names.iter().map(|name| names::shown(name));
    let granting = roles.iter().map(|role| {
        let granting = role.granted_by.iter().map(|&index| names[index]);
        quote!(&[#(Self::#granting),*])
    });
    let proofs = proofs.as_ref().map(|module| {
        let module_doc =
            format!(" The roles of `{}` as types: what an `Authorized` proves.", names::shown(ident));
        let inner_vis = seen_from_within(vis);
        let docs = names.iter().map(|name| format!(" Proof of the role `{}`.", names::shown(name)));
        quote! {
            #[doc = #module_doc]
            #vis mod #module {
                #(
                    #[doc = #docs]
                    #[allow(dead_code)] // it stands for a role, and there is never one of it
                    #[derive(Debug)]
                    #inner_vis struct #names;
                )*
            }
            #(
                #[automatically_derived]
                impl #runtime::Proof for #module::#names {
                    type Principal = <#ident as #runtime::Role>::Principal;

                    fn holds(principal: &Self::Principal) -> bool {
                        #runtime::Role::is_granted_to(#ident::#names, principal)
                    }

                    fn check() -> #runtime::RoleCheck {
                        #runtime::RoleCheck::of(&[#ident::#names])
                    }
                }
            )*
        }
    });
    quote! {
        #[automatically_derived]
        impl #runtime::Role for #ident {
            type Principal = #principal;

            #described

            fn name(self) -> &'static ::core::primitive::str {
                match self {
                    #(Self::#names => #shown,)*
                }
            }

            fn granted_by(self) -> &'static [Self] {
                match self {
                    #(Self::#names => #granting,)*
                }
            }

            fn all() -> &'static [Self] {
                &[#(Self::#names),*]
            }
        }
        #proofs
    }
}

/// What the principal asks a client for.
fn described(model: &Model) -> Option<TokenStream> {
    let Model { runtime, principal, .. } = model;
    let [spec, unknown] = ["ParameterSpec", "Unknown"].map(|it| runtime.private(it));
    let principal = principal.as_ref()?;
    let ty = parse_quote!(#principal);
    let parameter = Parameter::new("principal".to_owned(), ty).spec(&TokenStream::new(), runtime);
    Some(quote! {
        const PRINCIPAL: ::core::option::Option<#spec> = {
            #[allow(unused_imports)] // where everything is known
            use #unknown as _;
            ::core::option::Option::Some(#parameter)
        };
    })
}

/// The visibility that, inside of a module, says what `vis` says outside of it.
fn seen_from_within(vis: &Visibility) -> TokenStream {
    match vis {
        Visibility::Inherited => quote!(pub(super)),
        Visibility::Restricted(restricted)
            if restricted.path.segments.first().is_none_or(|it| it.ident != "crate") =>
        {
            let path = &restricted.path;
            let inside = path.segments.iter().filter(|it| it.ident != "self");
            quote!(pub(in super #(::#inside)*))
        }
        vis => quote!(#vis),
    }
}
