//! The code of a component.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, Ident, Member};

use super::validate::{Field, Model};
use crate::{
    dependency::{Dependency, Origin, declared_keys},
    generics::{where_clause, with_container},
    names,
    paths::rejected,
    spans::called_at,
    stereotype::StereotypeArgs,
};

/// The layer of a type that is not built by its own wiring.
pub(super) fn layer(args: &StereotypeArgs, ident: &Ident, generics: &Generics) -> TokenStream {
    let StereotypeArgs { runtime, layer, .. } = args;
    let (impl_generics, ty_generics, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Layered for #ident #ty_generics #where_clause {
            type Layer = #layer;
        }
    }
}

// Input:
//     #[service]
//     pub struct UserService {
//         users: UserRepository,
//         #[inject(default)] hits: AtomicU64,
//     }
//
// Output:
//     impl UserService {
//         pub fn new(users: UserRepository) -> Self {
//             Self { users, hits: Default::default() }
//         }
//     }
//     impl Layered for UserService { type Layer = Service; }
//     impl Component for UserService { type Wiring = InPlace; }
//     impl<C: Container> Injectable<C> for UserService where UserRepository: Injectable<C> {
//         const NODE: Node = Node::Component(&ComponentNode::new::<Self>(.., &[
//             Dependency::inward::<Service, UserRepository, C>("users"),
//         ]));
//         fn inject<S: Source<C>>(source: &S) -> Self {
//             Self { users: Injectable::inject(source), hits: Default::default() }
//         }
//     }
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { args, item, .. } = model;
    let (ident, runtime) = (&item.ident, &args.runtime);
    let new = new(model);
    let layer = layer(args, ident, &item.generics);
    let wiring = wiring(
        args,
        &item.generics,
        &self_type(model),
        &runtime.private("InPlace"),
    );
    let self_type = self_type(model);
    let keys = names::conditional_keys(&names::shown(ident));
    let declared_keys = declared_keys(dependencies(model), &keys);
    let conditionals = dependencies(model)
        .map(|dependency| dependency.conditional(&item.generics, &self_type, &keys, runtime));
    let injectable = injectable(model);
    quote! {
        #new
        #layer
        #wiring
        #declared_keys
        #(#conditionals)*
        #injectable
    }
}

fn self_type(model: &Model) -> TokenStream {
    let ident = &model.item.ident;
    let (_, ty_generics, _) = model.item.generics.split_for_impl();
    quote!(#ident #ty_generics)
}

fn dependencies(model: &Model) -> impl Iterator<Item = &Dependency> {
    model.fields.iter().filter_map(|field| match &field.origin {
        Origin::Dependency(dependency) => Some(dependency),
        _ => None,
    })
}

/// `impl Component`, for the struct form and the constructor form.
pub(crate) fn wiring(
    args: &StereotypeArgs,
    generics: &Generics,
    self_type: &TokenStream,
    wiring: &TokenStream,
) -> TokenStream {
    let runtime = &args.runtime;
    let (impl_generics, _, where_clause) = generics.split_for_impl();
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Component for #self_type #where_clause {
            type Wiring = #wiring;
        }
    }
}

/// `new`, which takes the dependencies in the order of the fields: for unit tests, and for wiring by hand.
fn new(model: &Model) -> TokenStream {
    let item = &model.item;
    let (ident, vis) = (&item.ident, &item.vis);
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let parameters = model
        .fields
        .iter()
        .filter(|field| is_parameter(field))
        .map(|field| {
            let Field {
                parameter,
                ty,
                cfgs,
                ..
            } = field;
            quote!(#(#cfgs)* #parameter: #ty)
        });
    let values = model.fields.iter().map(|field| {
        let Field {
            member,
            parameter,
            cfgs,
            ..
        } = field;
        match (constant(field), member) {
            (Some(value), member) => quote!(#(#cfgs)* #member: #value),
            (None, Member::Named(_)) => quote!(#(#cfgs)* #parameter),
            (None, Member::Unnamed(_)) => quote!(#(#cfgs)* #member: #parameter),
        }
    });
    let doc = format!(
        " Builds a `{}` from its dependencies, in the order of the fields.",
        names::shown(ident)
    );
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #doc]
            // Tests call it; a crate without them does not. Its arity and its body are those of the struct.
            #[allow(dead_code, clippy::too_many_arguments, clippy::new_without_default)]
            #[must_use]
            #vis fn new(#(#parameters),*) -> Self {
                Self { #(#values),* }
            }
        }
    }
}

fn is_parameter(field: &Field) -> bool {
    matches!(field.origin, Origin::Dependency(_) | Origin::Unknown)
}

/// The value of a field that is no dependency.
fn constant(field: &Field) -> Option<TokenStream> {
    match &field.origin {
        Origin::Default => Some(quote!(::core::default::Default::default())),
        Origin::With(value) => Some(quote!(#value)),
        Origin::Dependency(_) | Origin::Unknown => None,
    }
}

fn injectable(model: &Model) -> TokenStream {
    let Model { args, item, fields } = model;
    let (runtime, layer) = (&args.runtime, &args.layer);
    let node = runtime.private("Node");
    let component_node = runtime.private("ComponentNode");
    let (container, source_type, source) =
        (names::container(), names::source_type(), names::source());

    let self_type = self_type(model);
    let extended = with_container(&item.generics, runtime);
    let (impl_generics, _, _) = extended.split_for_impl();
    let keys = names::conditional_keys(&names::shown(&item.ident));
    let mut predicates = Vec::new();
    if !item.generics.params.is_empty() {
        predicates.push(quote!(Self: 'static));
    }
    predicates
        .extend(dependencies(model).map(|it| it.predicate(&item.generics, layer, &keys, runtime)));
    let where_clause = where_clause(&item.generics, &predicates);

    let name = names::shown(&item.ident);
    let edges = dependencies(model).map(|dependency| dependency.edge(layer, runtime));
    let values = fields.iter().map(|field| {
        let Field { member, cfgs, .. } = field;
        let value = constant(field).unwrap_or_else(|| match &field.origin {
            Origin::Dependency(dependency) => dependency.value(runtime),
            _ => rejected(runtime),
        });
        quote!(#(#cfgs)* #member: #value)
    });
    let new_node = called_at(
        item.ident.span(),
        quote!(#component_node::new::<Self>(#name, &[#(#edges),*])),
    );
    quote! {
        #[automatically_derived]
        impl #impl_generics #runtime::Injectable<#container> for #self_type #where_clause {
            const NODE: #node = #node::Component(&#new_node);

            #[inline]
            #[allow(unused_variables)] // `source`, where there is no dependency
            fn inject<#source_type: #runtime::Source<#container>>(#source: &#source_type) -> Self {
                Self { #(#values),* }
            }
        }
    }
}
