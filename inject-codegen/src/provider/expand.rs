//! The code of a provider.

use proc_macro2::TokenStream;
use quote::quote;

use super::validate::{Kind, Model, Teardown};
use crate::{
    dependency::rejected,
    generics::has_parameter,
    names,
    output::{Making, MakingNow, Output, Strategy},
    parameter::{Parameter, parameter_names},
    spans::{respan_call, respan_path},
    types::error_of_result,
};

// Input:
//     #[inject]
//     pub async fn current_user(bearer: Bearer, Inject(auth): Inject<AuthService>) -> Result<CurrentUser, AuthError> { .. }
//
// Output:
//     impl Layered for CurrentUser { type Layer = Common; }
//     impl Provided for CurrentUser {
//         type Strategy = strategy::Cached;
//         const NODE: &ProviderNode = &ProviderNode { name: "current_user", kind: ProviderKind::Cached, .. };
//     }
//     impl<C: Container> Provider<C> for CurrentUser where Bearer: Parameter<C, Sort0>, AuthService: Injectable<C> {
//         fn provide<P: Strategy<Self>>(
//             context: &mut RequestContext<'_, C>,
//         ) -> impl Future<Output = Provision<Self>> + Send {
//             async move {
//                 let slot = match P::before(context)? {
//                     Lookup::Hit(value) => return Ok(value),
//                     Lookup::Miss(slot) => slot,
//                 };
//                 let parameter_0 = <Bearer as Parameter<C, Sort0>>::extract(context).await?;
//                 let parameter_1 = Inject(<AuthService as Injectable<C>>::inject(&**context.container));
//                 let value = current_user(parameter_0, parameter_1).await
//                     .map_err(|error| Reject::reject(error, "current_user").named::<Self>())?;
//                 Ok(P::after(context, value, slot))
//             }
//         }
//     }
//     // and `ProviderNow<C>`, alike, if the function is not `async` and its parameters may have nothing to wait for
//     impl<S: HasContainer> FromRequestParts<S> for CurrentUser where CurrentUser: Provider<S::Container> {
//         type Rejection = Response;
//         fn from_request_parts(parts: &mut Parts, state: &S) -> impl Future<..> + Send {
//             extract(parts, state.container())
//         }
//     }
//     // and, alike, OptionalFromRequestParts
//     impl<C: Container, U> Injectable<C, U> for CurrentUser where OneRequest: Outlives<CurrentUser, C> { .. } // never holds
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, function, generics, parameters, output, .. } = model;
    // Without a layer, it is a part of a route, and its output is open to every layer.
    let (layer, output_layer) = match &model.layer {
        Some(layer) => (quote!(#layer), quote!(#layer)),
        None => (quote!(__rt::layer::Route), quote!(__rt::layer::Common)),
    };
    let parameters = if model.is_stub { &[][..] } else { parameters };
    let strategy = match model.kind {
        _ if model.is_stub => Strategy::Uncached,
        Kind { is_cached: true, teardown: None } => Strategy::Cached,
        Kind { is_cached: false, teardown: None } => Strategy::Uncached,
        Kind { is_cached, teardown: Some(teardown) } => {
            Strategy::Resource { is_cached, until_body: matches!(teardown, Teardown::AfterTheBody) }
        }
    };
    let may_be_sync = !model.is_stub && !model.is_async && parameters.iter().all(Parameter::may_be_sync);
    let (making, making_now) = if model.is_stub {
        (Making { statements: TokenStream::new(), value: rejected() }, None)
    } else {
        let making_now = may_be_sync.then(|| MakingNow {
            making: call(model, Parameter::value_now),
            predicates: parameters
                .iter()
                .map(|parameter| parameter.predicate_now(&parameter.dependency_type()))
                .collect(),
            conditions: parameters.iter().filter_map(Parameter::is_sync).collect(),
        });
        (call(model, Parameter::value), making_now)
    };
    let specs: Vec<_> = parameters.iter().map(|parameter| parameter.spec(generics, &layer)).collect();
    let predicates: Vec<_> = parameters.iter().map(Parameter::predicate).collect();
    let output = Output {
        generics,
        ty: &quote!(#output),
        name: &names::display_name(function),
        declared_at: function.span(),
        strategy,
        held: Vec::new(),
        described: &[],
        predicates: &predicates,
        specs: &specs,
        fallible: model.fallible.as_ref(),
        error_list: model.error_list.as_ref().filter(|_| model.fallible.is_some()),
        aliases: parameters.iter().filter_map(Parameter::sort_alias).collect(),
        making,
        making_now,
        layer: &output_layer,
    };
    let lifetimes = match strategy {
        Strategy::Resource { until_body: true, .. } => {
            parameters.iter().filter_map(|parameter| lifetime(model, parameter)).collect()
        }
        _ => TokenStream::new(),
    };
    let output = output.expand();
    runtime.block(&quote!(#output #lifetimes))
}

/// A constant that rejects a parameter of a resource that lives until the end of the body, if the parameter ends earlier. Not of a type that
/// depends on a parameter of the function, which a constant cannot mention.
fn lifetime(model: &Model, parameter: &Parameter) -> Option<TokenStream> {
    let ty = &parameter.ty;
    if !parameter.may_hold() || has_parameter(&model.generics, ty) {
        return None;
    }
    let (provider, shown) = (names::display_name(&model.function), names::display_type(ty));
    let error = quote!(&__rt::outlived(#provider, #shown, __rt::Probe::<#ty>::ENDS_WITH_HEAD));
    let check = respan_call(ty, &quote!(__rt::reject_outlived), &error);
    Some(quote!(const _: () = #check;))
}

/// The statements that extract the parameters, and the call of the function.
fn call(model: &Model, value_of: impl Fn(&Parameter) -> TokenStream) -> Making {
    let Model { function, generics, parameters, .. } = model;
    let values = parameter_names(parameters);
    let statements = parameters.iter().zip(&values).map(|(parameter, name)| {
        let value = value_of(parameter);
        quote!(let #name = #value;)
    });
    let (_, ty_generics, _) = generics.split_for_impl();
    let turbofish = ty_generics.as_turbofish();
    let wait = model.is_async.then(|| quote!(.await));
    let call = quote!(#function #turbofish(#(#values),*) #wait);
    let call = match &model.error_list {
        Some(list) => {
            let name = names::display_name(function);
            list.checked(&quote!(#name), &call)
        }
        None => call,
    };
    let value = match &model.fallible {
        None => call,
        Some(written) => {
            let reject = match error_of_result(written) {
                Some(error) => respan_path(error, quote!(<#error as __rt::Reject>::reject)),
                None => respan_path(written, quote!(<_ as __rt::Reject>::reject)),
            };
            let name = names::display_name(function);
            quote!(#call.map_err(|error| #reject(error, #name).named::<Self>())?)
        }
    };
    Making { statements: statements.collect(), value }
}
