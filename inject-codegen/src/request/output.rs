//! The implementations of a value of the request scope: the output of a provider, or a request-scoped component.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Generics, Type};

use crate::{
    dependency::rejected,
    generics::{where_clause, with_container},
    names,
    paths::Runtime,
    spans::{across, called_at},
};

/// How the value is come by.
#[derive(Clone, Copy)]
pub(crate) enum Strategy {
    /// Once for each request.
    Cached,
    /// For each dependent.
    Uncached,
    /// Closed at the end.
    Resource { is_cached: bool, until_body: bool },
}

/// A value of the request scope.
pub(crate) struct Output<'a> {
    pub(crate) runtime: &'a Runtime,
    pub(crate) generics: &'a Generics,
    pub(crate) ty: &'a TokenStream,
    /// Of the provider, or of the component.
    pub(crate) name: &'a str,
    pub(crate) declared_at: Span,
    pub(crate) strategy: Strategy,
    pub(crate) predicates: &'a [TokenStream],
    /// The `ParameterSpec`s.
    pub(crate) specs: &'a [TokenStream],
    /// What the provider returns, if that is a result.
    pub(crate) fallible: Option<&'a Type>,
    /// Makes the value, as the body of an async function that returns `Result<Self, Response>`.
    pub(crate) body: &'a TokenStream,
    pub(crate) layer: &'a TokenStream,
}

impl Output<'_> {
    pub(crate) fn expand(&self) -> TokenStream {
        [self.layered(), self.described(), self.provider(), self.extractor(), self.captive()]
            .into_iter()
            .collect()
    }

    fn layered(&self) -> TokenStream {
        let Self { runtime, generics, ty, layer, .. } = self;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        let in_place = runtime.private("InPlace");
        quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Layered for #ty #where_clause {
                type Layer = #layer;
            }
            // So that a container field of it is told that it is captive, and not that it is no component.
            #[automatically_derived]
            impl #impl_generics #runtime::Component for #ty #where_clause {
                type Wiring = #in_place;
            }
        }
    }

    fn described(&self) -> TokenStream {
        let Self { runtime, generics, ty, name, specs, .. } = self;
        let [provided, known, shape, node, kind, unknown] =
            ["Provided", "Known", "Shape", "ProviderNode", "ProviderKind", "Unknown"]
                .map(|item| runtime.private(item));
        let rejecting = self.fallible.map(|written| {
            let probe = runtime.private("Probe");
            quote!(.rejecting(#probe::<#written>::FAILURE))
        });
        let [once, each_time, leased] = ["Once", "EachTime", "Leased"].map(|item| runtime.private(item));
        let (kind_name, strategy) = match self.strategy {
            Strategy::Cached => (quote!(Cached), once),
            Strategy::Uncached => (quote!(Uncached), each_time),
            Strategy::Resource { is_cached, until_body } => {
                (quote!(Resource), quote!(#leased<#is_cached, #until_body>))
            }
        };
        // On the type: it is what lacks `Clone`, or a teardown.
        let strategy = across(ty, strategy);
        let new =
            called_at(self.declared_at, quote!(#node::new::<Self>(#name, #kind::#kind_name, &[#(#specs),*])));
        let (impl_generics, _, _) = generics.split_for_impl();
        let where_clause = where_clause(generics, self.lives().iter());
        quote! {
            #[automatically_derived]
            impl #impl_generics #provided for #ty #where_clause {
                const NODE: &'static #node = {
                    #[allow(unused_imports)] // where everything is known
                    use #unknown as _;
                    &#new #rejecting
                };
                type Strategy = #strategy;
            }
            #[automatically_derived]
            impl #impl_generics #known for #ty #where_clause {
                const SHAPE: #shape = #shape::of::<Self>();
            }
        }
    }

    /// Providers are told apart by the `TypeId` of what they provide.
    fn lives(&self) -> Option<TokenStream> {
        (!self.generics.params.is_empty()).then(|| quote!(Self: 'static))
    }

    fn provider(&self) -> TokenStream {
        let Self { runtime, ty, predicates, body, .. } = self;
        let (container, parts, value) = (names::container(), names::parts(), names::container_value());
        let [provider, parts_type, response, arc, strategy_trait, before] =
            ["Provider", "Parts", "Response", "Arc", "Strategy", "Before"].map(|item| runtime.private(item));
        let (strategy, shared, outcome) = (names::strategy(), names::shared(), names::outcome());
        let lives = self.lives();
        let (impl_generics, where_clause) = self.header(lives.iter().chain(*predicates));
        quote! {
            #[automatically_derived]
            impl #impl_generics #provider<#container> for #ty #where_clause {
                #[allow(unused_variables)] // where nothing is taken
                fn provide<#strategy: #strategy_trait<Self>>(
                    #parts: &mut #parts_type,
                    #value: &#arc<#container>,
                ) -> impl ::core::future::Future<Output = ::core::result::Result<Self, #response>> + ::core::marker::Send
                {
                    // No `async fn`: that keeps its arguments twice.
                    async move {
                        let #shared = match #strategy::before(#parts)? {
                            #before::Found(value) => return ::core::result::Result::Ok(value),
                            #before::Missing(shared) => shared,
                        };
                        let #outcome: ::core::result::Result<Self, #response> = { #body };
                        ::core::result::Result::Ok(#strategy::after(#parts, #outcome?, #shared))
                    }
                }
            }
        }
    }

    /// The generics and the where clause of an implementation for every container that can answer requests.
    fn header<'p>(&self, predicates: impl Iterator<Item = &'p TokenStream>) -> (TokenStream, TokenStream) {
        let container = names::container();
        let sendable = quote!(#container: ::core::marker::Send + ::core::marker::Sync);
        let extended = with_container(self.generics, self.runtime);
        let (impl_generics, _, _) = extended.split_for_impl();
        let predicates: Vec<_> = std::iter::once(sendable).chain(predicates.cloned()).collect();
        (quote!(#impl_generics), where_clause(self.generics, predicates.iter()))
    }

    fn extractor(&self) -> TokenStream {
        let Self { runtime, ty, .. } = self;
        let (container, parts, value) = (names::container(), names::parts(), names::container_value());
        let [resolve, provider, parts_type, response, arc, from_parts, optional_from_parts, optional] = [
            "resolve",
            "Provider",
            "Parts",
            "Response",
            "Arc",
            "FromRequestParts",
            "OptionalFromRequestParts",
            "optional",
        ]
        .map(|item| runtime.private(item));
        let (impl_generics, where_clause) = self.header([quote!(#ty: #provider<#container>)].iter());
        quote! {
            #[automatically_derived]
            impl #impl_generics #from_parts<#arc<#container>> for #ty #where_clause {
                type Rejection = #response;

                fn from_request_parts(
                    #parts: &mut #parts_type,
                    #value: &#arc<#container>,
                ) -> impl ::core::future::Future<Output = ::core::result::Result<Self, #response>> + ::core::marker::Send
                {
                    #resolve::<Self, #container>(#parts, #value)
                }
            }
            #[automatically_derived]
            impl #impl_generics #optional_from_parts<#arc<#container>> for #ty #where_clause {
                type Rejection = #response;

                async fn from_request_parts(
                    #parts: &mut #parts_type,
                    #value: &#arc<#container>,
                ) -> ::core::result::Result<::core::option::Option<Self>, #response> {
                    #optional(<Self as #from_parts<#arc<#container>>>::from_request_parts(#parts, #value).await)
                }
            }
        }
    }

    /// An `Injectable<C>` that never applies: it words the error for a holder that outlives the request.
    fn captive(&self) -> TokenStream {
        let Self { runtime, generics, ty, .. } = self;
        let [node, component_node, one_request, outlives] =
            ["Node", "ComponentNode", "OneRequest", "Outlives"].map(|item| runtime.private(item));
        let (container, source_type, source) = (names::container(), names::source_type(), names::source());
        let (name, rejected) = (self.name, rejected(runtime));
        let extended = with_container(generics, runtime);
        let (impl_generics, _, _) = extended.split_for_impl();
        let predicates = [quote!(#one_request: #outlives<#ty, #container>)];
        let lives = self.lives();
        let where_clause = where_clause(generics, lives.iter().chain(&predicates));
        quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Injectable<#container> for #ty #where_clause {
                const NODE: #node = #node::Component(&#component_node::new::<Self>(#name, &[]));

                #[allow(unused_variables)]
                fn inject<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> Self {
                    #rejected
                }
            }
        }
    }
}
