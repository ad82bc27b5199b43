//! The code of a component.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Fields, Member};

use super::validate::{Field, Model};
use crate::{dependency::Origin, implementations::Component, names};

// Input:
//     #[service]
//     pub struct UserService {
//         users: UserRepository,
//     }
//
// Output:
//     impl UserService {
//         pub fn new(users: UserRepository) -> Self { Self { users } }
//     }
//     impl Layered for UserService { type Layer = Service; }
//     impl Component for UserService { type Wiring = InPlace; }
//     impl<C: Container, U> Injectable<C, U> for UserService where UserRepository: Injectable<C> {
//         const NODE: Node = Node::Component(&ComponentNode::new::<Self>(.., &[
//             Dependency::inward(
//                 "users",
//                 <UserRepository as Injectable<C>>::NODE,
//                 LayerOf::<UserRepository>::usable_from::<Service>,
//             ),
//         ]));
//         fn inject<S: Source<C>>(source: &S) -> Self {
//             Self::new(Injectable::inject(source))
//         }
//     }
//
// A component with state, `#[init] hits: AtomicU64`, is built once: `Constructor` takes the place of `Injectable`, as for a constructor that
// is async.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { args, item, fields, .. } = model;
    let (_, ty_generics, _) = item.generics.split_for_impl();
    let ident = &item.ident;
    let component = Component {
        layer: &args.layer,
        generics: &item.generics,
        self_type: quote!(#ident #ty_generics),
        name: names::display_name(ident),
        declared_at: ident.span(),
        is_singleton: model.singleton.is_some(),
    };
    let dependencies: Vec<_> = fields.iter().filter_map(|field| field.origin.dependency()).collect();
    let impls = component.dependency_impls(&dependencies);
    let arguments = fields.iter().filter(|field| is_parameter(field)).map(|field| {
        let (cfgs, value) = (&field.cfgs, field.origin.value(&field.ty));
        quote!(#(#cfgs)* #value)
    });
    let value = quote!(Self::new(#(#arguments),*));
    let wiring = match &model.singleton {
        Some(reason) => component.singleton(&impls, &quote!(__rt::Construction::of(#value)), reason),
        None => {
            let wiring = component.component(&quote!(__rt::InPlace));
            let injectable = component.injectable(&impls.predicates, &impls.node, &value);
            quote!(#wiring #injectable)
        }
    };
    let items = [component.layered(), impls.items, wiring];
    let (new, block) = (new(model), args.runtime.block(&items.into_iter().collect()));
    quote!(#new #block)
}

/// Returns a literal of the struct. `value` returns the value of a field; `None` stands for the variable of the same name.
pub(super) fn literal(model: &Model, value: impl Fn(&Field) -> Option<TokenStream>) -> TokenStream {
    let values = model.fields.iter().map(|field| {
        let Field { cfgs, parameter, .. } = field;
        match (&field.member, value(field)) {
            (Member::Named(name), Some(value)) => quote!(#(#cfgs)* #name: #value),
            // Tuple structs by position: a number would be wrong if `#[cfg]` removes an earlier field.
            (Member::Unnamed(_), Some(value)) => quote!(#(#cfgs)* #value),
            (_, None) => quote!(#(#cfgs)* #parameter),
        }
    });
    match &model.item.fields {
        Fields::Unnamed(_) => quote!(Self(#(#values),*)),
        Fields::Named(_) | Fields::Unit => quote!(Self { #(#values),* }),
    }
}

/// Returns `new`, which takes the dependencies in the order of the fields, for unit tests and wiring by hand.
pub(super) fn new(model: &Model) -> TokenStream {
    let item = &model.item;
    let (ident, vis) = (&item.ident, &item.vis);
    let (impl_generics, ty_generics, where_clause) = item.generics.split_for_impl();
    let parameters = model.fields.iter().filter(|field| is_parameter(field)).map(|field| {
        let Field { parameter, ty, cfgs, .. } = field;
        quote!(#(#cfgs)* #parameter: #ty)
    });
    let values = literal(model, |field| (!is_parameter(field)).then(|| field.origin.value(&field.ty)));
    let allow_arity = match model.fields.iter().filter(|field| is_parameter(field)).count() {
        0 => Some(quote!(#[allow(clippy::new_without_default, reason = "a component is injected")])),
        // The threshold of the lint.
        8.. => Some(quote!(#[allow(clippy::too_many_arguments, reason = "one for each dependency")])),
        _ => None,
    };
    let doc = format!(
        " Builds a `{}` from its dependencies, in the order of the fields.",
        names::display_name(ident)
    );
    quote! {
        #[automatically_derived]
        impl #impl_generics #ident #ty_generics #where_clause {
            #[doc = #doc]
            #[allow(dead_code, reason = "for tests and wiring by hand")]
            #allow_arity
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
