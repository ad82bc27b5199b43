//! The code of a component.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Generics, Ident, Member};

use super::validate::{Field, Model};
use crate::{dependency::Origin, implementations::Component, names, stereotype::StereotypeArgs};

fn component<'a>(args: &'a StereotypeArgs, ident: &Ident, generics: &'a Generics) -> Component<'a> {
    let (_, ty_generics, _) = generics.split_for_impl();
    Component::new(args, generics, quote!(#ident #ty_generics), names::shown(ident), ident.span())
}

// Input:
//     #[service]
//     pub struct UserService {
//         users: UserRepository,
//         #[init] hits: AtomicU64,
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
//             <UserRepository as DependencyOf<Service, C>>::EDGE.named("users"),
//         ]));
//         fn inject<S: Source<C>>(source: &S) -> Self {
//             Self { users: Injectable::inject(source), hits: Default::default() }
//         }
//     }
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { args, item, fields } = model;
    let component = component(args, &item.ident, &item.generics);
    let dependencies: Vec<_> = fields.iter().filter_map(|field| field.origin.dependency()).collect();
    let wiring = component.wiring(&dependencies);
    let values = literal(model, |field| Some(field.origin.value(&field.ty, &args.runtime)));
    let parts = [
        new(model),
        component.layered(),
        component.component("InPlace"),
        wiring.items,
        component.injectable(&wiring.predicates, &wiring.node, &values),
    ];
    parts.into_iter().collect()
}

/// A literal of the struct. `value` makes the value of a field; `None` is the variable called like it.
pub(super) fn literal(model: &Model, value: impl Fn(&Field) -> Option<TokenStream>) -> TokenStream {
    let values = model.fields.iter().map(|field| {
        let Field { cfgs, parameter, .. } = field;
        match (&field.member, value(field)) {
            (Member::Named(name), Some(value)) => quote!(#(#cfgs)* #name: #value),
            // Tuple structs by position: a number would be off where `#[cfg]` takes a field before it away.
            (Member::Unnamed(_), Some(value)) => quote!(#(#cfgs)* #value),
            (_, None) => quote!(#(#cfgs)* #parameter),
        }
    });
    match &model.item.fields {
        Fields::Unnamed(_) => quote!(Self(#(#values),*)),
        Fields::Named(_) | Fields::Unit => quote!(Self { #(#values),* }),
    }
}

/// `new`, which takes the dependencies in the order of the fields: for unit tests, and for wiring by hand.
pub(super) fn new(model: &Model) -> TokenStream {
    let item = &model.item;
    let (ident, vis) = (&item.ident, &item.vis);
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let parameters = model.fields.iter().filter(|field| is_parameter(field)).map(|field| {
        let Field { parameter, ty, cfgs, .. } = field;
        quote!(#(#cfgs)* #parameter: #ty)
    });
    let values = literal(model, |field| {
        (!is_parameter(field)).then(|| field.origin.value(&field.ty, &model.args.runtime))
    });
    let doc =
        format!(" Builds a `{}` from its dependencies, in the order of the fields.", names::shown(ident));
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #doc]
            // Tests call it; a crate without them does not. Its arity and its body are those of the struct.
            #[allow(dead_code, clippy::too_many_arguments, clippy::new_without_default)]
            #[must_use]
            #vis fn new(#(#parameters),*) -> Self {
                #values
            }
        }
    }
}

fn is_parameter(field: &Field) -> bool {
    matches!(field.origin, Origin::Dependency(_) | Origin::Unknown)
}
