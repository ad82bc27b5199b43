//! The code of bindings. It stands in a block with the alias `__rt`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Type;

use super::{
    expand::Key,
    layering::binding_rule,
    model::{BindAll, Choose, Field, Implementation, Model, Recipe},
    module,
};
use crate::{
    attributes::is_same,
    names,
    spans::{respan, respan_path},
};

/// Returns the conversions from implementations to ports.
pub(super) fn binding(model: &Model, key: &Key, field: &Field) -> TokenStream {
    let container = &model.ident;
    let bind = |port: &Type, implementation: &Type| {
        // rustc reports a failed coercion to the port at the whole expression, which begins and ends with tokens that are not identifiers.
        let implementation_value = respan(implementation, quote!((implementation,).0));
        quote! {
            #[automatically_derived]
            impl __rt::Bind<#key, #implementation> for #container {
                type Port = #port;

                fn bind(implementation: __rt::Arc<#implementation>) -> #port {
                    #implementation_value
                }
            }
        }
    };
    match &field.recipe {
        Recipe::Bind(implementation) => bind(field.built_type(), &implementation.ty),
        Recipe::Choose(Choose { function, .. }) => {
            let container = &model.ident;
            let call = respan_path(function, quote!(__rt::Choice::<#container, _, _>::new(#function)));
            let others = quote!(const OTHERS: &[__rt::Dependency] = #call.parameters;);
            let many = many(model, key, field, &others, &TokenStream::new());
            let binds = field.implementations().into_iter().map(|implementation| {
                let (cfgs, bind) = (&implementation.cfgs, bind(field.built_type(), &implementation.ty));
                quote!(#(#cfgs)* #bind)
            });
            quote!(#(#binds)* #many)
        }
        Recipe::PerRequest { port, implementation } => {
            // As for a port of the container. The implementation stands in the body only: it may be a private type.
            let implementation_value = respan(implementation, quote!((implementation,).0));
            let (context, proof) = (names::context(), names::proof());
            // rustc points at the header where another field binds the same port under another name.
            let bound = respan(
                port,
                quote! {
                    impl __rt::BoundIn<#container> for __rt::Port<#port> {
                        fn provide(
                            #context: &mut __rt::RequestContext<'_, #container>,
                        ) -> impl ::core::future::Future<Output = __rt::Provision<Self>> + ::core::marker::Send {
                            fn bind(implementation: __rt::Boxed<#implementation>) -> __rt::Boxed<#port> {
                                #implementation_value
                            }
                            __rt::provide_port::<(#implementation, #proof), _, _>(#context, bind)
                        }
                    }
                },
            );
            quote! {
                #[automatically_derived]
                #bound
            }
        }
        Recipe::BindAll(BindAll { port, collects, .. }) => {
            let mut bound: Vec<&Implementation> = Vec::new();
            for implementation in field.implementations() {
                if !bound.iter().any(|other| is_same(&other.ty, &implementation.ty)) {
                    bound.push(implementation);
                }
            }
            let binds = bound.into_iter().map(|implementation| {
                let (cfgs, bind) = (&implementation.cfgs, bind(port, &implementation.ty));
                quote!(#(#cfgs)* #bind)
            });
            let (others, collect) =
                if *collects { module::collected(model, port) } else { Default::default() };
            let others = if *collects {
                others
            } else {
                quote!(
                    const OTHERS: &[__rt::Dependency] = &[];
                )
            };
            let many = many(model, key, field, &others, &collect);
            quote!(#(#binds)* #many)
        }
        _ => TokenStream::new(),
    }
}

/// `impl BindAll`, where `others` declares the dependencies `OTHERS` that are not implementations.
fn many(model: &Model, key: &Key, field: &Field, others: &TokenStream, collect: &TokenStream) -> TokenStream {
    let (container, port, proof) = (&model.ident, field.port(), names::proof());
    let implementations = field.implementations().into_iter().map(|implementation| {
        let Implementation { ty, cfgs, owner, .. } = implementation;
        let rule = binding_rule(field, port, ty);
        match owner.filter(|_| field.lazy.is_none()) {
            Some(owner) => {
                let (owner, number) = (Key::of(owner), Literal::usize_unsuffixed(owner));
                quote! {
                    #(#cfgs)*
                    <#ty as __rt::SharedImplementation<Self, #key, #owner, #number, #rule>>::IMPLEMENTATION
                }
            }
            None => quote! {
                #(#cfgs)*
                <#ty as __rt::BoundAmongOthers<Self, #key, #proof, #rule>>::IMPLEMENTATION
            },
        }
    });
    quote! {
        #[automatically_derived]
        impl __rt::BindAll<#key> for #container {
            type Port = #port;
            const IMPLEMENTATIONS: &'static [__rt::Implementation<Self, #port>] = {
                #[allow(unused_imports, reason = "unused if all types have a layer")]
                use __rt::{DifferentLayers as _, Unlayered as _};
                &[#(#implementations),*]
            };
            const DEPENDENCIES: &'static [__rt::Dependency] = {
                #others
                &__rt::dependencies::<
                    #container,
                    #port,
                    { <#container as __rt::BindAll<#key>>::IMPLEMENTATIONS.len() + OTHERS.len() },
                >(<#container as __rt::BindAll<#key>>::IMPLEMENTATIONS, OTHERS)
            };
            #collect
        }
    }
}
