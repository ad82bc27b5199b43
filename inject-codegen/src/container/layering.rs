//! The layers of bindings and factories. The code stands in a block with the alias `__rt`.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Type};

use super::model::{Field, Model, Recipe};
use crate::spans::{respan, respan_path};

/// Returns the rule by which the layers of `port` and `implementation` are compared, as a const argument. `Unlayered` and `DifferentLayers` must
/// be in scope.
pub(super) fn binding_rule(field: &Field, port: &Type, implementation: &Type) -> TokenStream {
    if field.exception.is_some() {
        return quote!({ __rt::UNRESTRICTED });
    }
    quote!({
        __rt::binding_rule(
            __rt::LayerOf::<#port>::NAME,
            __rt::LayerOf::<#implementation>::NAME,
            __rt::LayersOf::<#port, #implementation>::ARE_SAME,
        )
    })
}

/// Returns the rule of a binding for requests. A port without a layer is reported where it is taken.
pub(super) fn rule_per_request(field: &Field, port: &Type, implementation: &Type) -> TokenStream {
    let rule = binding_rule(field, port, implementation);
    quote!({ if __rt::LayerOf::<#port>::NAME.is_none() { __rt::UNRESTRICTED } else #rule })
}

/// Returns the proofs that the factories take what their outputs may depend on.
pub(super) fn factories(model: &Model) -> TokenStream {
    let proofs: TokenStream = model.fields.iter().filter_map(|field| factory(model, field)).collect();
    if proofs.is_empty() {
        return proofs;
    }
    quote! {
        const _: () = {
            #[allow(unused_imports, reason = "unused if no factory needs one")]
            use __rt::{Foreign as _, OfAnotherLayer as _, OfNoLayer as _};
            #proofs
        };
    }
}

fn factory(model: &Model, field: &Field) -> Option<TokenStream> {
    /// The most parameters of a factory.
    const MOST: usize = 16;
    let Field { cfgs, recipe: Recipe::Factory(function), exception: None, .. } = field else {
        return None;
    };
    let ty = field.built_type();
    let container = &model.ident;
    // The macro does not see how many parameters a path has. A step after the last parameter has no effect.
    let count = match function {
        Expr::Closure(closure) => closure.inputs.len(),
        _ => MOST,
    };
    let steps = (0..count).map(|_| quote!(.__next()));
    let call = respan_path(function, quote!(__rt::FactoryCall::<#container, _, #ty, _>::new(#function)));
    let compared = quote!(__rt::FieldLayer::<#ty>::OF.__layer().made_by(#call)#(#steps)*.edges());
    // rustc reports an edge at the argument of the call, which begins and ends with tokens that are not identifiers.
    let edges = respan(function, quote!((#compared,).0));
    Some(quote!(#(#cfgs)* const _: fn() = || __rt::WithinLayers::prove(#edges);))
}
