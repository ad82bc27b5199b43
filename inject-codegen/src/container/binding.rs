//! The code of bindings. It stands in a block with the alias `__rt`.

use proc_macro2::{Literal, TokenStream};
use quote::quote;
use syn::Type;

use super::{
    expand::Key,
    layering::binding_rule,
    validate::{Field, Model, Recipe},
};
use crate::{names, spans::respan};

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
        Recipe::Bind(implementation) => bind(&field.ty, implementation),
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
        Recipe::BindAll { port, implementations } => {
            let binds = implementations.iter().map(|implementation| bind(port, implementation));
            let (count, proof) = (Literal::usize_unsuffixed(implementations.len()), names::proof());
            let rules =
                implementations.iter().map(|implementation| binding_rule(field, port, implementation));
            quote! {
                #(#binds)*
                #[automatically_derived]
                impl __rt::BindAll<#key> for #container {
                    type Port = #port;
                    const IMPLEMENTATIONS: &'static [__rt::Implementation<Self, #port>] = {
                        #[allow(unused_imports, reason = "unused if all types have a layer")]
                        use __rt::{DifferentLayers as _, Unlayered as _};
                        &[#(
                            <#implementations as __rt::BoundAmongOthers<Self, #key, #proof, #rules>>::IMPLEMENTATION
                        ),*]
                    };
                    const DEPENDENCIES: &'static [__rt::Dependency] =
                        &__rt::dependencies::<Self, #port, #count>(<Self as __rt::BindAll<#key>>::IMPLEMENTATIONS);
                }
            }
        }
        _ => TokenStream::new(),
    }
}
