//! The code of a component with a constructor.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};

use syn::spanned::Spanned as _;

use super::validate::{Model, Stub, Wiring};
use crate::{
    component::wiring,
    dependency::{Origin, declared_keys},
    generics::{where_clause, with_container},
    names,
    paths::rejected,
    spans::{across, called_at},
};

// Input:
//     #[service]
//     impl SearchIndex {
//         #[inject]
//         async fn open(settings: Arc<Settings>) -> Result<Self, IndexError> { .. }
//     }
//
// Output:
//     impl Layered for SearchIndex { type Layer = Service; }
//     impl Component for SearchIndex { type Wiring = OnStart; }
//     impl<C: Container> Constructor<C> for SearchIndex where Arc<Settings>: Injectable<C> {
//         const NODE: Node = ..;
//         fn construct<S: Source<C>>(source: &S) -> Construction<Self> {
//             Yields::into_construction(Self::open(Injectable::inject(source)))
//         }
//     }
//     impl<C: Container> Injectable<C> for SearchIndex where OnStart: ByValue<SearchIndex, C> { .. } // never holds
//
// A sync infallible constructor makes an `InPlace` component, whose `Injectable::inject` calls it.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model {
        component,
        function,
        ..
    } = model;
    let Stub {
        args,
        generics,
        self_ty,
        ..
    } = component;
    let runtime = &args.runtime;
    let self_type = self_ty.to_token_stream();
    let (container, source_type, source) =
        (names::container(), names::source_type(), names::source());

    let keys = names::conditional_keys(&component.name);
    let declared_keys = declared_keys(model.dependencies(), &keys);
    let layered = layered(component);
    let mode = match model.wiring {
        Wiring::InPlace => runtime.private("InPlace"),
        Wiring::OnStart => runtime.private("OnStart"),
    };
    let wiring = wiring(args, generics, &self_type, &mode);
    let conditionals = model
        .dependencies()
        .map(|it| it.conditional(generics, &self_type, &keys, runtime));

    let mut predicates = static_if_generic(component);
    predicates.extend(
        model
            .dependencies()
            .map(|it| it.predicate(generics, &args.layer, &keys, runtime)),
    );
    let where_clause = where_clause(generics, &predicates);
    let extended = with_container(generics, runtime);
    let (impl_generics, _, _) = extended.split_for_impl();

    let edges = model
        .dependencies()
        .map(|dependency| dependency.edge(&args.layer, runtime));
    let node = node(component, &quote!(#(#edges),*));
    let arguments = model.arguments.iter().map(|argument| {
        let value = match &argument.origin {
            Origin::Dependency(dependency) => dependency.value(runtime),
            Origin::With(value) => quote!(#value),
            Origin::Default => quote!(::core::default::Default::default()),
            Origin::Unknown => rejected(runtime),
        };
        let cfgs = &argument.cfgs;
        quote!(#(#cfgs)* #value)
    });
    let call = quote!(Self::#function(#(#arguments),*));
    let implementation = match model.wiring {
        Wiring::InPlace => quote! {
            #[automatically_derived]
            impl #impl_generics #runtime::Injectable<#container> for #self_type #where_clause {
                #node

                #[inline]
                #[allow(unused_variables)] // `source`, where there is no dependency
                fn inject<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> Self {
                    #call
                }
            }
        },
        Wiring::OnStart => {
            let constructor = runtime.private("Constructor");
            let construction = runtime.private("Construction");
            let yields = runtime.private("Yields");
            let never = never_in_place(component);
            // At the return type: that is where a constructor says what it yields.
            let call = across(&model.output, call);
            quote! {
                #[automatically_derived]
                impl #impl_generics #constructor<#container> for #self_type #where_clause {
                    #node

                    #[allow(unused_variables)] // `source`, where there is no dependency
                    fn construct<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> #construction<Self> {
                        #yields::<Self, _>::into_construction(#call)
                    }
                }
                #never
            }
        }
    };
    quote! {
        #layered
        #wiring
        #declared_keys
        #(#conditionals)*
        #implementation
    }
}

/// A component whose constructor is wrong, so that those that depend on it have no errors of their own.
pub(super) fn stub(component: &Stub) -> TokenStream {
    let Stub {
        args,
        generics,
        self_ty,
        ..
    } = component;
    let runtime = &args.runtime;
    let layered = layered(component);
    let self_type = self_ty.to_token_stream();
    let wiring = wiring(args, generics, &self_type, &runtime.private("InPlace"));
    let (container, source_type) = (names::container(), names::source_type());
    let extended = with_container(generics, runtime);
    let (impl_generics, _, _) = extended.split_for_impl();
    let where_clause = where_clause(generics, &static_if_generic(component));
    let node = node(component, &TokenStream::new());
    let rejected = rejected(runtime);
    quote! {
        #layered
        #wiring
        #[automatically_derived]
        impl #impl_generics #runtime::Injectable<#container> for #self_type #where_clause {
            #node

            fn inject<#source_type: #runtime::Source<#container>>(_: &#source_type) -> Self {
                #rejected
            }
        }
    }
}

fn layered(component: &Stub) -> TokenStream {
    let Stub {
        args,
        generics,
        self_ty,
        ..
    } = component;
    let (runtime, layer) = (&args.runtime, &args.layer);
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Layered for #self_ty #where_clause {
            type Layer = #layer;
        }
    }
}

/// `const NODE`, with `edges` to the dependencies.
fn node(component: &Stub, edges: &TokenStream) -> TokenStream {
    let runtime = &component.args.runtime;
    let (node, component_node) = (runtime.private("Node"), runtime.private("ComponentNode"));
    let name = &component.name;
    let new_node = called_at(
        component.self_ty.span(),
        quote!(#component_node::new::<Self>(#name, &[#edges])),
    );
    quote!(const NODE: #node = #node::Component(&#new_node);)
}

/// An implementation that never applies: it words the error for taking the component by value.
fn never_in_place(component: &Stub) -> TokenStream {
    let Stub {
        args,
        generics,
        self_ty,
        ..
    } = component;
    let runtime = &args.runtime;
    let (container, source_type) = (names::container(), names::source_type());
    let (on_start, by_value) = (runtime.private("OnStart"), runtime.private("ByValue"));
    let mut predicates = static_if_generic(component);
    predicates.push(quote!(#on_start: #by_value<#self_ty, #container>));
    let where_clause = where_clause(generics, &predicates);
    let extended = with_container(generics, runtime);
    let (impl_generics, _, _) = extended.split_for_impl();
    let node = runtime.private("Node");
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Injectable<#container> for #self_ty #where_clause {
            const NODE: #node = <#on_start as #by_value<Self, #container>>::NODE;

            fn inject<#source_type: #runtime::Source<#container>>(_: &#source_type) -> Self {
                <#on_start as #by_value<Self, #container>>::never()
            }
        }
    }
}

/// Nodes identify components by their `TypeId`.
fn static_if_generic(component: &Stub) -> Vec<TokenStream> {
    if component.generics.params.is_empty() {
        Vec::new()
    } else {
        vec![quote!(Self: 'static)]
    }
}
