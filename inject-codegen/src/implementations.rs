//! Implementations of every component, with or without a constructor. They stand in a block with the alias `__rt`.

use proc_macro2::{Span, TokenStream, TokenTree};
use quote::{ToTokens, quote};
use syn::{GenericParam, Generics};

use crate::{
    dependency::{Dependency, declare_keys},
    generics::{where_clause, with_container},
    names,
    spans::{respan_bound, with_span},
};

/// Properties of a component that its implementations depend on.
pub(crate) struct Component<'a> {
    pub(crate) layer: &'a TokenStream,
    pub(crate) generics: &'a Generics,
    /// `UserService<R>`
    pub(crate) self_type: TokenStream,
    /// `UserService`
    pub(crate) name: String,
    pub(crate) declared_at: Span,
    pub(crate) is_singleton: bool,
}

/// Reason why a component is built once, with the tokens that say so.
pub(crate) enum SingletonReason {
    /// An async or fallible constructor.
    Start(TokenStream),
    /// A field under `#[init]`.
    State(TokenStream),
    /// A sync constructor.
    Constructor(TokenStream),
    /// `scope = singleton`
    Stated(TokenStream),
}

/// Additions of the dependencies to the implementations of a component.
pub(crate) struct DependencyImpls {
    /// Items that the predicates refer to.
    pub(crate) items: TokenStream,
    pub(crate) predicates: Vec<TokenStream>,
    /// `Node::Component(..)`, with the edges.
    pub(crate) node: TokenStream,
}

/// Returns the parameter of a function with this body: `source`, or `_` if the body does not read it.
fn source_of(body: &TokenStream) -> TokenStream {
    fn has_ident(tokens: TokenStream, name: &str) -> bool {
        tokens.into_iter().any(|token| match token {
            TokenTree::Ident(ident) => ident == name,
            TokenTree::Group(group) => has_ident(group.stream(), name),
            TokenTree::Punct(_) | TokenTree::Literal(_) => false,
        })
    }
    let source = names::source();
    if has_ident(body.clone(), &source.to_string()) { quote!(#source) } else { quote!(_) }
}

/// `impl Layered`
pub(crate) fn layered(generics: &Generics, self_type: &impl ToTokens, layer: &TokenStream) -> TokenStream {
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics __rt::Layered for #self_type #where_clause {
            type Layer = #layer;
        }
    }
}

impl Component<'_> {
    /// `impl Layered`
    pub(crate) fn layered(&self) -> TokenStream {
        layered(self.generics, &self.self_type, self.layer)
    }

    /// `impl Component`
    pub(crate) fn component(&self, wiring: &TokenStream) -> TokenStream {
        let Self { generics, self_type, .. } = self;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics __rt::Component for #self_type #where_clause {
                type Wiring = #wiring;
            }
        }
    }

    /// Returns the additions of `dependencies`.
    pub(crate) fn dependency_impls(&self, dependencies: &[&Dependency]) -> DependencyImpls {
        let Self { layer, generics, self_type, name, .. } = self;
        let imports = (!dependencies.is_empty()).then(|| {
            quote! {
                #[allow(unused_imports, reason = "unused if all types have a layer")]
                use __rt::Unlayered as _;
            }
        });
        let keys = names::conditional_keys();
        let declared_keys = declare_keys(dependencies, &keys);
        let conditionals =
            dependencies.iter().map(|dependency| dependency.conditional(generics, self_type, &keys));
        let checks = dependencies.iter().map(|dependency| dependency.external_check(generics));
        let edges = dependencies.iter().map(|dependency| dependency.edge(generics, layer));
        let node =
            with_span(self.declared_at, quote!(__rt::ComponentNode::new::<Self>(#name, &[#(#edges),*])));
        let node = if self.is_singleton { quote!(#node.singleton()) } else { node };
        DependencyImpls {
            items: quote!(#imports #declared_keys #(#conditionals)* #(#checks)*),
            predicates: dependencies
                .iter()
                .map(|dependency| dependency.predicate(generics, layer, &keys))
                .collect(),
            node: quote!(__rt::Node::Component(&#node)),
        }
    }

    /// `impl Injectable<C>`, where `body` makes the value from the source.
    pub(crate) fn injectable(
        &self,
        predicates: &[TokenStream],
        node: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (container, source_type, source) = (names::container(), names::source_type(), source_of(body));
        let usage = names::usage();
        self.implementation(
            &quote!(__rt::Injectable<#container, #usage>),
            Some(&usage),
            predicates,
            node,
            &quote! {
                #[inline]
                fn inject<#source_type: __rt::Source<#container>>(#source: &#source_type) -> Self {
                    #body
                }
            },
        )
    }

    /// `impl Constructor<C>`, where `body` starts the construction from the source.
    pub(crate) fn constructor(
        &self,
        predicates: &[TokenStream],
        node: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (container, source_type, source) = (names::container(), names::source_type(), source_of(body));
        self.implementation(
            &quote!(__rt::Constructor<#container>),
            None,
            predicates,
            node,
            &quote! {
                fn construct<#source_type: __rt::Source<#container>>(
                    #source: &#source_type,
                ) -> __rt::Construction<Self> {
                    #body
                }
            },
        )
    }

    /// Component that is built once, when the container starts. `construction` makes it from the source.
    pub(crate) fn singleton(
        &self,
        impls: &DependencyImpls,
        construction: &TokenStream,
        reason: &SingletonReason,
    ) -> TokenStream {
        let wiring = self.component(&quote!(__rt::OnStart));
        let constructor = self.constructor(&impls.predicates, &impls.node, construction);
        let never_by_value = self.never_by_value(reason);
        quote!(#wiring #constructor #never_by_value)
    }

    /// An `Injectable<C>` that never applies: it is there for the error message of a singleton that is taken by value.
    fn never_by_value(&self, reason: &SingletonReason) -> TokenStream {
        let (self_type, container) = (&self.self_type, names::container());
        let (tokens, by_value) = match reason {
            SingletonReason::Start(tokens) => (tokens, quote!(__rt::ByValue)),
            SingletonReason::State(tokens) => (tokens, quote!(__rt::StateByValue)),
            SingletonReason::Constructor(tokens) => (tokens, quote!(__rt::ConstructorByValue)),
            SingletonReason::Stated(tokens) => (tokens, quote!(__rt::SingletonByValue)),
        };
        // rustc underlines the bound, as the reason.
        let bound = respan_bound(tokens, &quote!(#by_value<#self_type, #container>));
        self.injectable(
            &[quote!(__rt::OnStart: #bound)],
            &quote!(<__rt::OnStart as #by_value<Self, #container>>::NODE),
            &quote!(<__rt::OnStart as #by_value<Self, #container>>::never()),
        )
    }

    /// An implementation of `implemented` for every container for which `predicates` hold, and for every `usage`.
    fn implementation(
        &self,
        implemented: &TokenStream,
        usage: Option<&TokenStream>,
        predicates: &[TokenStream],
        node: &TokenStream,
        function: &TokenStream,
    ) -> TokenStream {
        let self_type = &self.self_type;
        let mut extended = with_container(self.generics, &quote!(__rt::Container));
        extended.params.extend(usage.map(|usage| -> GenericParam { syn::parse_quote!(#usage) }));
        let (impl_generics, _, _) = extended.split_for_impl();
        // Nodes identify components by their `TypeId`.
        let is_static = (!self.generics.params.is_empty()).then(|| quote!(Self: 'static));
        let where_clause = where_clause(self.generics, is_static.iter().chain(predicates));
        quote! {
            #[automatically_derived]
            impl #impl_generics #implemented for #self_type #where_clause {
                const NODE: __rt::Node = #node;

                #function
            }
        }
    }
}
