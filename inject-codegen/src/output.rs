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

/// Statements, and the value as an expression after them.
pub(crate) struct Making {
    pub(crate) statements: TokenStream,
    pub(crate) value: TokenStream,
}

/// How a value is made without waiting.
pub(crate) struct MakingNow {
    pub(crate) making: Making,
    pub(crate) predicates: Vec<TokenStream>,
    /// Constants that say whether the parameters have nothing to wait for.
    pub(crate) conditions: Vec<TokenStream>,
}

/// A value of the request scope.
pub(crate) struct Output<'a> {
    pub(crate) generics: &'a Generics,
    pub(crate) ty: &'a TokenStream,
    /// The name of the provider or of the component.
    pub(crate) name: &'a str,
    pub(crate) declared_at: Span,
    pub(crate) strategy: Strategy,
    /// The resources that the fields of a component hold, each an `Option<EndsWithHead>`.
    pub(crate) held: Vec<TokenStream>,
    pub(crate) predicates: &'a [TokenStream],
    /// The bounds of types that depend on the generics, for the metadata.
    pub(crate) described: &'a [TokenStream],
    /// The `ParameterSpec`s.
    pub(crate) specs: &'a [TokenStream],
    /// The return type of the provider, if that is a `Result`.
    pub(crate) fallible: Option<&'a Type>,
    /// The errors of the provider, if it does not return all that its error type has.
    pub(crate) error_list: Option<&'a ErrorList>,
    /// Aliases of the sorts of the parameters.
    pub(crate) aliases: TokenStream,
    /// How the value is made in an async block that returns a `Provision<Self>`.
    pub(crate) making: Making,
    /// How it is made without waiting, if it may be.
    pub(crate) making_now: Option<MakingNow>,
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
        let (metadata, provider, provider_now, extractors, captive, aliases) = (
            self.metadata(),
            self.provider(),
            self.provider_now(),
            self.extractors(),
            self.captive(),
            &self.aliases,
        );
        quote! {
            #[allow(unused_imports, reason = "unused if all types are known")]
            use __rt::Fallback as _;
            #error_list

            #aliases
            #layered
            #metadata
            #provider
            #provider_now
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
        let is_sync = match &self.making_now {
            None => quote!(false),
            Some(MakingNow { conditions, .. }) if conditions.is_empty() => quote!(true),
            Some(MakingNow { conditions, .. }) => quote!(#(#conditions)&&*),
        };
        let ends_with_head = match (self.strategy, &self.held) {
            (Strategy::Resource { until_body: false, .. }, _) => Some(quote! {
                ::core::option::Option::Some(__rt::EndsWithHead { name: #name, location: Self::NODE.location })
            }),
            (_, held) if held.is_empty() => None,
            (_, held) => Some(quote!(__rt::first_ending(&[#(#held),*]))),
        };
        let ends_with_head = ends_with_head
            .map(|ends| quote!(const ENDS_WITH_HEAD: ::core::option::Option<__rt::EndsWithHead> = #ends;));
        let location = with_span(self.declared_at, quote!(__rt::Location::here()));
        let (impl_generics, _, _) = generics.split_for_impl();
        let where_clause = where_clause(generics, self.is_static().iter().chain(self.described));
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::Provided for #ty #where_clause {
                type Strategy = #strategy;
                const IS_SYNC: ::core::primitive::bool = #is_sync;
                #ends_with_head
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
        let Self { ty, predicates, making, .. } = self;
        let (container, context, strategy) = (names::container(), names::context(), names::strategy());
        let is_static = self.is_static();
        let (impl_generics, where_clause) =
            self.header(is_static.iter().chain(self.described).chain(*predicates));
        let body = match &self.making_now {
            // It is sure to have nothing to wait for.
            Some(MakingNow { conditions, .. }) if conditions.is_empty() => quote! {
                ::core::future::ready(<Self as __rt::ProviderNow<#container>>::provide_now::<#strategy>(#context))
            },
            _ => {
                let body = looked_up(making);
                // Not an `async fn`, which would keep its arguments twice.
                quote!(async move { #body })
            }
        };
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::Provider<#container> for #ty #where_clause {
                fn provide<#strategy: __rt::Strategy<Self>>(
                    #context: &mut __rt::RequestContext<'_, #container>,
                ) -> impl ::core::future::Future<Output = __rt::Provision<Self>> + ::core::marker::Send {
                    #body
                }
            }
        }
    }

    /// The implementation for a value that has nothing to wait for.
    fn provider_now(&self) -> Option<TokenStream> {
        let Self { ty, making_now, .. } = self;
        let MakingNow { making, predicates, .. } = making_now.as_ref()?;
        let (container, context, strategy) = (names::container(), names::context(), names::strategy());
        let is_static = self.is_static();
        let (impl_generics, where_clause) =
            self.header(is_static.iter().chain(self.described).chain(predicates));
        let body = looked_up(making);
        Some(quote! {
            #[automatically_derived]
            impl #impl_generics __rt::ProviderNow<#container> for #ty #where_clause {
                fn provide_now<#strategy: __rt::Strategy<Self>>(
                    #context: &mut __rt::RequestContext<'_, #container>,
                ) -> __rt::Provision<Self> {
                    #body
                }
            }
        })
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
                ) -> impl ::core::future::Future<Output = ::core::result::Result<Self, __rt::Response>> + ::core::marker::Send {
                    __rt::extract(#parts, __rt::HasContainer::container(#state))
                }
            }
            #[automatically_derived]
            impl #impl_generics __rt::OptionalFromRequestParts<#state_type> for #ty #where_clause {
                type Rejection = __rt::Response;

                fn from_request_parts(
                    #parts: &mut __rt::Parts,
                    #state: &#state_type,
                ) -> impl ::core::future::Future<
                    Output = ::core::result::Result<::core::option::Option<Self>, __rt::Response>
                > + ::core::marker::Send {
                    __rt::optional(#parts, __rt::HasContainer::container(#state))
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
                const IS_OF_REQUEST: ::core::primitive::bool = true;
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

/// The value: the one that the request has, or a new one.
fn looked_up(Making { statements, value: made }: &Making) -> TokenStream {
    let (context, strategy, slot, value) =
        (names::context(), names::strategy(), names::slot(), names::value());
    quote! {
        let #slot = match #strategy::before(#context)? {
            __rt::Lookup::Hit(#value) => return ::core::result::Result::Ok(#value),
            __rt::Lookup::Miss(#slot) => #slot,
        };
        #statements
        let #value = #made;
        ::core::result::Result::Ok(#strategy::after(#context, #value, #slot))
    }
}
