//! The implementations that every component has, however it is built.

use proc_macro2::{Span, TokenStream};
use quote::quote;
use syn::{Generics, Ident};

use crate::{
    dependency::{Dependency, declared_keys},
    generics::{where_clause, with_container},
    names,
    paths::Runtime,
    spans::called_at,
    stereotype::StereotypeArgs,
};

/// A component, as far as its implementations have to know it.
pub(crate) struct Component<'a> {
    args: &'a StereotypeArgs,
    generics: &'a Generics,
    /// `UserService<R>`
    self_type: TokenStream,
    /// `UserService`
    name: String,
    declared_at: Span,
}

/// `impl Layered` for the type called `ident`.
pub(crate) fn layered(
    runtime: &Runtime,
    generics: &Generics,
    ident: &Ident,
    layer: &TokenStream,
) -> TokenStream {
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Layered for #ident #ty_generics #where_clause {
            type Layer = #layer;
        }
    }
}

/// What dependencies add to the implementations of a component.
pub(crate) struct Wiring {
    /// Items that the predicates refer to.
    pub(crate) items: TokenStream,
    pub(crate) predicates: Vec<TokenStream>,
    /// `Node::Component(..)`, with the edges.
    pub(crate) node: TokenStream,
}

impl<'a> Component<'a> {
    pub(crate) fn new(
        args: &'a StereotypeArgs,
        generics: &'a Generics,
        self_type: TokenStream,
        name: String,
        declared_at: Span,
    ) -> Self {
        Self { args, generics, self_type, name, declared_at }
    }

    fn runtime(&self) -> &Runtime {
        &self.args.runtime
    }

    /// `impl Layered`
    pub(crate) fn layered(&self) -> TokenStream {
        let Self { args: StereotypeArgs { runtime, layer, .. }, generics, self_type, .. } = self;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Layered for #self_type #where_clause {
                type Layer = #layer;
            }
        }
    }

    /// `impl Component`; `wiring` is `InPlace` or `OnStart`.
    pub(crate) fn component(&self, wiring: &str) -> TokenStream {
        let (runtime, wiring) = (self.runtime(), self.runtime().private(wiring));
        let Self { generics, self_type, .. } = self;
        let (impl_generics, _, where_clause) = generics.split_for_impl();
        quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Component for #self_type #where_clause {
                type Wiring = #wiring;
            }
        }
    }

    /// What `dependencies` add.
    pub(crate) fn wiring(&self, dependencies: &[&Dependency]) -> Wiring {
        let Self { args, generics, self_type, name, .. } = self;
        let (runtime, layer) = (self.runtime(), &args.layer);
        let (node, component_node) = (runtime.private("Node"), runtime.private("ComponentNode"));
        let keys = names::conditional_keys(name);
        let declared_keys = declared_keys(dependencies, &keys);
        let conditionals = dependencies.iter().map(|it| it.conditional(generics, self_type, &keys, runtime));
        let foreign = dependencies.iter().map(|it| it.is_foreign(generics, runtime));
        let edges = dependencies.iter().map(|it| it.edge(layer, runtime));
        let component_node =
            called_at(self.declared_at, quote!(#component_node::new::<Self>(#name, &[#(#edges),*])));
        Wiring {
            items: quote!(#declared_keys #(#conditionals)* #(#foreign)*),
            predicates: dependencies.iter().map(|it| it.predicate(generics, layer, &keys, runtime)).collect(),
            node: quote!(#node::Component(&#component_node)),
        }
    }

    /// `impl Injectable<C>`, where `body` makes the value out of the source.
    pub(crate) fn injectable(
        &self,
        predicates: &[TokenStream],
        node: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let runtime = self.runtime();
        let (container, source_type, source) = (names::container(), names::source_type(), names::source());
        self.implementation(
            &quote!(#runtime::Injectable),
            predicates,
            node,
            &quote! {
                #[inline]
                #[allow(unused_variables)] // `source`, where there is no dependency
                fn inject<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> Self {
                    #body
                }
            },
        )
    }

    /// `impl Constructor<C>`, where `body` starts the construction out of the source.
    pub(crate) fn constructor(
        &self,
        predicates: &[TokenStream],
        node: &TokenStream,
        body: &TokenStream,
    ) -> TokenStream {
        let (runtime, construction) = (self.runtime(), self.runtime().private("Construction"));
        let (container, source_type, source) = (names::container(), names::source_type(), names::source());
        self.implementation(&runtime.private("Constructor"), predicates, node, &quote! {
            #[allow(unused_variables)] // `source`, where there is no dependency
            fn construct<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> #construction<Self> {
                #body
            }
        })
    }

    /// An `Injectable<C>` that never applies: it words the error for a component that is built on start and taken by value.
    pub(crate) fn never_by_value(&self) -> TokenStream {
        let (on_start, by_value) = (self.runtime().private("OnStart"), self.runtime().private("ByValue"));
        let (self_type, container) = (&self.self_type, names::container());
        self.injectable(
            &[quote!(#on_start: #by_value<#self_type, #container>)],
            &quote!(<#on_start as #by_value<Self, #container>>::NODE),
            &quote!(<#on_start as #by_value<Self, #container>>::never()),
        )
    }

    /// An implementation of `trait_path<C>` for every container `C` for which `predicates` hold.
    fn implementation(
        &self,
        trait_path: &TokenStream,
        predicates: &[TokenStream],
        node: &TokenStream,
        function: &TokenStream,
    ) -> TokenStream {
        let (node_type, container, self_type) =
            (self.runtime().private("Node"), names::container(), &self.self_type);
        let extended = with_container(self.generics, self.runtime());
        let (impl_generics, _, _) = extended.split_for_impl();
        // Nodes identify components by their `TypeId`.
        let lives = (!self.generics.params.is_empty()).then(|| quote!(Self: 'static));
        let where_clause = where_clause(self.generics, lives.iter().chain(predicates));
        quote! {
            #[automatically_derived]
            impl #impl_generics #trait_path<#container> for #self_type #where_clause {
                const NODE: #node_type = #node;

                #function
            }
        }
    }
}
