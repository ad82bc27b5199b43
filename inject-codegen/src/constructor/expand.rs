//! The code of a component with a constructor.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, quote};
use syn::spanned::Spanned as _;

use super::validate::{Argument, Model, Stub, Wiring};
use crate::{dependency::rejected, implementations::Component, spans::across};

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
    let Model { component: stub, function, arguments, .. } = model;
    let (component, runtime) = (component(stub), &stub.args.runtime);
    let dependencies: Vec<_> = arguments.iter().filter_map(|argument| argument.origin.dependency()).collect();
    let wiring = component.wiring(&dependencies);
    let values = arguments.iter().map(|Argument { cfgs, ty, origin }| {
        let value = origin.value(ty, runtime);
        quote!(#(#cfgs)* #value)
    });
    let call = quote!(Self::#function(#(#values),*));
    let built = match model.wiring {
        Wiring::InPlace => {
            [component.component("InPlace"), component.injectable(&wiring.predicates, &wiring.node, &call)]
        }
        Wiring::OnStart => {
            let yields = runtime.private("Yields");
            // At the return type: that is where a constructor says what it yields.
            let call = across(&model.output, call);
            let construction = quote!(#yields::<Self, _>::into_construction(#call));
            let constructor = component.constructor(&wiring.predicates, &wiring.node, &construction);
            let never_by_value = component.never_by_value();
            [component.component("OnStart"), quote!(#constructor #never_by_value)]
        }
    };
    let parts = [component.layered(), wiring.items];
    parts.into_iter().chain(built).collect()
}

/// A component whose constructor is wrong, so that those that depend on it have no errors of their own.
pub(super) fn stub(stub: &Stub) -> TokenStream {
    let component = component(stub);
    let node = component.wiring(&[]).node;
    let never = rejected(&stub.args.runtime);
    [component.layered(), component.component("InPlace"), component.injectable(&[], &node, &never)]
        .into_iter()
        .collect()
}

fn component(stub: &Stub) -> Component<'_> {
    let Stub { args, generics, self_ty, name } = stub;
    Component::new(args, generics, self_ty.to_token_stream(), name.clone(), self_ty.span())
}
