//! The implementations of a value of the request scope: the output of a provider, or a request-scoped component. They stand in a block with
//! the alias `__rt`.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Generics, Type};

use crate::{
    error_list::ErrorList,
    generics::{where_clause, with_container, with_parameter},
    implementations::layered,
    names,
    spans::{respan_path, with_span},
};

/// Strategy by which the value is obtained.
#[derive(Clone, Copy)]
pub(crate) enum Strategy {
    /// Once for each request.
    Cached,
    /// Once for each dependent.
    Uncached,
    /// The scope closes the value.
    Resource { is_cached: bool, until_body: bool },
}

/// A value of the request scope.
pub(crate) struct Output<'a> {
    pub(crate) generics: &'a Generics,
    pub(crate) ty: &'a TokenStream,
    /// The name of the provider or of the component.
    pub(crate) name: &'a str,
    pub(crate) declared_at: Span,
    pub(crate) strategy: Strategy,
    pub(crate) predicates: &'a [TokenStream],
    /// The `ParameterSpec`s.
    pub(crate) specs: &'a [TokenStream],
    /// The return type of the provider, if that is a `Result`.
    pub(crate) fallible: Option<&'a Type>,
    /// The errors of the provider, if it does not return all that its error type has.
    pub(crate) error_list: Option<&'a ErrorList>,
    /// Statements that make the value, in an async block that returns `Result<Self, Response>`.
    pub(crate) statements: &'a TokenStream,
    /// The value, as an expression after the statements.
    pub(crate) value: &'a TokenStream,
    pub(crate) layer: &'a TokenStream,
}

impl Output<'_> {
    pub(crate) fn expand(&self) -> TokenStream {
        let layered = layered(self.generics, self.ty, self.layer);
        let error_list = self.error_list.map(|_| {
            quote!(
                use __rt::{ErrorListFallback as _, ListedErrors as _};
            )
        });
        let (metadata, provider, extractors, captive) =
            (self.metadata(), self.provider(), self.extractors(), self.captive());
        quote! {
            #[allow(unused_imports, reason = "unused if all types are known")]
            use __rt::Fallback as _;
            #error_list

            #layered
            #metadata
            #provider
            #extractors
            #captive
        }
    }

    fn metadata(&self) -> TokenStream {
        let Self { generics, ty, name, specs, .. } = self;
        let (kind, strategy) = match self.strategy {
            Strategy::Cached => (quote!(Cached), quote!(__rt::Cached)),
            Strategy::Uncached => (quote!(Uncached), quote!(__rt::PerDependent)),
            Strategy::Resource { is_cached, until_body } => {
                (quote!(Resource), quote!(__rt::Resource<#is_cached, #until_body>))
            }
        };
        // At the type, which lacks `Clone` or a teardown where the strategy does not hold.
        let strategy = respan_path(ty, strategy);
        let rejection = match (self.fallible, self.error_list) {
            (Some(written), Some(list)) => list.rejection(written),
            (Some(written), None) => quote!(__rt::Probe::<#written>::FAILURE),
            (None, _) => quote!(__rt::TypeDescription::NOTHING),
        };
        let location = with_span(self.declared_at, quote!(__rt::Location::here()));
        let (impl_generics, _, _) = generics.split_for_impl();
        let where_clause = where_clause(generics, self.is_static().iter());
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::Provided for #ty #where_clause {
                type Strategy = #strategy;
                const NODE: &'static __rt::ProviderNode = &__rt::ProviderNode {
                    name: #name,
                    output: __rt::ProviderOutput::of::<Self>(),
                    kind: __rt::ProviderKind::#kind,
                    parameters: &[#(#specs),*],
                    location: #location,
                    rejection: #rejection,
                };
            }
        }
    }

    /// Returns the predicate of a generic output. Outputs are identified by their `TypeId`.
    fn is_static(&self) -> Option<TokenStream> {
        (!self.generics.params.is_empty()).then(|| quote!(Self: 'static))
    }

    fn provider(&self) -> TokenStream {
        let Self { ty, predicates, statements, value: made, .. } = self;
        let (container, parts, container_value) =
            (names::container(), names::parts(), names::container_value());
        let (strategy, cache, value) = (names::strategy(), names::cache(), names::value());
        let container_parameter = if predicates.is_empty() { quote!(_) } else { quote!(#container_value) };
        let is_static = self.is_static();
        let (impl_generics, where_clause) = self.header(is_static.iter().chain(*predicates));
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::Provider<#container> for #ty #where_clause {
                fn provide<#strategy: __rt::Strategy<Self>>(
                    #parts: &mut __rt::Parts,
                    #container_parameter: &__rt::Arc<#container>,
                ) -> impl ::core::future::Future<Output = __rt::Provision<Self>> + ::core::marker::Send {
                    // Not an `async fn`, which would keep its arguments twice.
                    async move {
                        let #cache = match #strategy::before(#parts)? {
                            __rt::Lookup::Hit(#value) => return ::core::result::Result::Ok(#value),
                            __rt::Lookup::Miss { #cache } => #cache,
                        };
                        #statements
                        let #value = #made;
                        ::core::result::Result::Ok(#strategy::after(#parts, #value, #cache))
                    }
                }
            }
        }
    }

    /// The generics and the where clause of an implementation for every container.
    fn header<'p>(&self, predicates: impl Iterator<Item = &'p TokenStream>) -> (TokenStream, TokenStream) {
        let extended = with_container(self.generics, &quote!(__rt::SharedContainer));
        let (impl_generics, _, _) = extended.split_for_impl();
        (quote!(#impl_generics), where_clause(self.generics, predicates))
    }

    fn extractors(&self) -> TokenStream {
        let Self { generics, ty, .. } = self;
        let (state_type, parts, state) = (names::state_type(), names::parts(), names::state());
        let extended = with_parameter(generics, &state_type, &quote!(__rt::HasContainer));
        let (impl_generics, _, _) = extended.split_for_impl();
        let provided = quote!(#ty: __rt::Provider<#state_type::Container>);
        let where_clause = where_clause(generics, [&provided].into_iter());
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::FromRequestParts<#state_type> for #ty #where_clause {
                type Rejection = __rt::Response;

                fn from_request_parts(
                    #parts: &mut __rt::Parts,
                    #state: &#state_type,
                ) -> impl ::core::future::Future<Output = __rt::Provision<Self>> + ::core::marker::Send {
                    __rt::resolve(#parts, __rt::HasContainer::container(#state))
                }
            }
            #[automatically_derived]
            impl #impl_generics __rt::OptionalFromRequestParts<#state_type> for #ty #where_clause {
                type Rejection = __rt::Response;

                async fn from_request_parts(
                    #parts: &mut __rt::Parts,
                    #state: &#state_type,
                ) -> __rt::Provision<::core::option::Option<Self>> {
                    __rt::optional(__rt::resolve(#parts, __rt::HasContainer::container(#state)).await)
                }
            }
        }
    }

    /// An `Injectable<C>` that never applies: it is there for the error message of a holder that outlives the request.
    fn captive(&self) -> TokenStream {
        let Self { generics, ty, .. } = self;
        let (container, source_type) = (names::container(), names::source_type());
        let outlives = quote!(__rt::OneRequest: __rt::Outlives<#ty, #container>);
        let is_static = self.is_static();
        let (_, where_clause) = self.header(is_static.iter().chain([&outlives]));
        let (usage, mut extended) =
            (names::usage(), with_container(generics, &quote!(__rt::SharedContainer)));
        extended.params.push(syn::parse_quote!(#usage));
        let (impl_generics, _, _) = extended.split_for_impl();
        let (own_generics, _, own_where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #own_generics __rt::Component for #ty #own_where_clause {
                type Wiring = __rt::InPlace;
            }
            #[automatically_derived]
            impl #impl_generics __rt::Injectable<#container, #usage> for #ty #where_clause {
                const NODE: __rt::Node = <__rt::OneRequest as __rt::Outlives<Self, #container>>::NODE;
                fn inject<#source_type: __rt::Source<#container>>(_: &#source_type) -> Self {
                    <__rt::OneRequest as __rt::Outlives<Self, #container>>::never()
                }
            }
        }
    }
}
