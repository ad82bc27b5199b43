//! The code of roles.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Visibility, parse_quote};

use super::validate::Model;
use crate::{names, parameter::Parameter};

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
//     impl RoleProof for roles::Admin { .. }
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, ident, vis, principal, proofs, roles, is_stub } = model;
    let principal = match principal {
        Some(principal) => quote!(#principal),
        None => quote!(::core::convert::Infallible),
    };
    if *is_stub {
        return runtime.block(&quote! {
            #[automatically_derived]
            impl __rt::Role for #ident {
                type Principal = #principal;

                fn name(self) -> &'static ::core::primitive::str {
                    ""
                }

                fn granted_by(self) -> &'static [Self] {
                    &[]
                }
            }
        });
    }
    let described = described(model);
    let names: Vec<_> = roles.iter().map(|role| &role.ident).collect();
    let shown = names.iter().map(|name| names::display_name(name));
    let granting = roles.iter().map(|role| {
        let granting = role.granted_by.iter().map(|&index| names[index]);
        quote!(&[#(Self::#granting),*])
    });
    let proof_types = proofs.as_ref().map(|module| {
        let module_doc =
            format!(" The roles of `{}` as types: what an `Authorized` proves.", names::display_name(ident));
        let inner_vis = visibility_in_module(vis);
        let docs = names.iter().map(|name| format!(" Proof of the role `{}`.", names::display_name(name)));
        quote! {
            #[doc = #module_doc]
            #vis mod #module {
                #(
                    #[doc = #docs]
                    #[allow(dead_code, reason = "never constructed")]
                    #[derive(Debug)]
                    #inner_vis struct #names;
                )*
            }
        }
    });
    let proof_impls = proofs.iter().map(|module| {
        quote! {
            #(
                #[automatically_derived]
                impl __rt::RoleProof for #module::#names {
                    type Principal = <#ident as __rt::Role>::Principal;

                    fn holds(principal: &Self::Principal) -> bool {
                        __rt::Role::is_granted_to(#ident::#names, principal)
                    }

                    fn checks() -> __rt::Vec<__rt::RoleCheck> {
                        __rt::Vec::from([__rt::RoleCheck::of(&[#ident::#names])])
                    }
                }
            )*
        }
    });
    let block = runtime.block(&quote! {
        #[allow(unused_imports, reason = "unused if all types are known")]
        use __rt::Fallback as _;

        #[automatically_derived]
        impl __rt::Role for #ident {
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
        #(#proof_impls)*
    });
    quote!(#proof_types #block)
}

/// Returns the principal as metadata.
fn described(model: &Model) -> Option<TokenStream> {
    let principal = model.principal.as_ref()?;
    let ty = parse_quote!(#principal);
    let parameter = Parameter::new("principal".to_owned(), ty).spec_with(&TokenStream::new(), None);
    Some(quote! {
        const PRINCIPAL: ::core::option::Option<__rt::ParameterSpec> = ::core::option::Option::Some(#parameter);
    })
}

/// Returns the visibility that means inside of the module what `vis` means outside of it.
fn visibility_in_module(vis: &Visibility) -> TokenStream {
    match vis {
        Visibility::Inherited => quote!(pub(super)),
        Visibility::Restricted(restricted)
            if restricted.path.segments.first().is_none_or(|segment| segment.ident != "crate") =>
        {
            let path = &restricted.path;
            let inside = path.segments.iter().filter(|segment| segment.ident != "self");
            quote!(pub(in super #(::#inside)*))
        }
        vis => quote!(#vis),
    }
}
