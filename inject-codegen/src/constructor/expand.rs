//! The code of a component with a constructor.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;

use super::validate::{Argument, Model, Stub};
use crate::{
    dependency::rejected,
    implementations::{Component, SingletonReason},
    spans::respan,
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
//     impl<C: Container, U> Injectable<C, U> for SearchIndex where OnStart: ByValue<SearchIndex, C> { .. } // never holds
//
// With `scope = transient`, the constructor is sync and infallible, and makes an `InPlace` component, whose `Injectable::inject` calls it.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { component: stub, function, arguments, .. } = model;
    let component = component(stub, model.singleton.is_some());
    let dependencies: Vec<_> = arguments.iter().filter_map(|argument| argument.origin.dependency()).collect();
    let impls = component.dependency_impls(&dependencies);
    let values = arguments.iter().map(|Argument { cfgs, ty, origin }| {
        let value = origin.value(ty);
        quote!(#(#cfgs)* #value)
    });
    let call = quote!(<Self>::#function(#(#values),*));
    let wiring = match &model.singleton {
        None => {
            let wiring = component.component(&quote!(__rt::InPlace));
            let injectable = component.injectable(&impls.predicates, &impls.node, &call);
            quote!(#wiring #injectable)
        }
        Some(reason @ SingletonReason::Start(_)) => {
            // At the return type, where a wrong error type is reported.
            let call = respan(&model.output, call);
            component.singleton(&impls, &quote!(__rt::Yields::<Self, _>::into_construction(#call)), reason)
        }
        Some(reason) => component.singleton(&impls, &quote!(__rt::Construction::of(#call)), reason),
    };
    let items = [component.layered(), impls.items, wiring];
    stub.args.runtime.block(&items.into_iter().collect())
}

/// Expands a component whose constructor is wrong, so that its dependents have no further errors.
pub(super) fn stub(stub: &Stub) -> TokenStream {
    let component = component(stub, false);
    let node = component.dependency_impls(&[]).node;
    let items = [
        component.layered(),
        component.component(&quote!(__rt::InPlace)),
        component.injectable(&[], &node, &rejected()),
    ];
    stub.args.runtime.block(&items.into_iter().collect())
}

fn component(stub: &Stub, is_singleton: bool) -> Component<'_> {
    let Stub { args, generics, self_ty, name } = stub;
    Component {
        layer: &args.layer,
        generics,
        self_type: self_ty.to_token_stream(),
        name: name.clone(),
        declared_at: self_ty.span(),
        is_singleton,
    }
}
