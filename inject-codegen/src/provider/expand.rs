//! The code of a provider.

use proc_macro2::TokenStream;
use quote::quote;

use super::validate::{Kind, Model, Teardown};
use crate::{
    dependency::rejected,
    names,
    request::{Output, Strategy, names_of, proofs},
    spans::across,
    types::error_of_result,
};

// Input:
//     #[inject]
//     pub async fn current_user(bearer: Bearer, Inject(auth): Inject<AuthService>) -> Result<CurrentUser, AuthError> { .. }
//
// Output:
//     impl Layered for CurrentUser { type Layer = Common; }
//     impl Provided for CurrentUser {
//         const NODE: &ProviderNode = &ProviderNode::new::<Self>("current_user", Cached, &[..]);
//         type Strategy = Once;
//     }
//     impl<C: Container + Send + Sync> Provider<C> for CurrentUser where Bearer: Parameter<C>, AuthService: Injectable<C> {
//         fn provide<P: Strategy<Self>>(
//             parts: &mut Parts,
//             container: &Arc<C>,
//         ) -> impl Future<Output = Result<Self, Response>> + Send {
//             async move {
//                 let shared = match P::before(parts)? {
//                     Before::Found(value) => return Ok(value),
//                     Before::Missing(shared) => shared,
//                 };
//                 let outcome = {
//                     let parameter_0 = extracted(<Bearer as Parameter<C>>::extract(parts, container).await)?;
//                     let parameter_1 = Inject(<AuthService as Injectable<C>>::inject(&**container));
//                     match current_user(parameter_0, parameter_1).await {
//                         Ok(value) => Ok(value),
//                         Err(error) => Err(Reject::reject(error)),
//                     }
//                 };
//                 Ok(P::after(parts, outcome?, shared))
//             }
//         }
//     }
//     impl<C: Container + Send + Sync> FromRequestParts<Arc<C>> for CurrentUser where CurrentUser: Provider<C> {
//         type Rejection = Response;
//         fn from_request_parts(parts: &mut Parts, container: &Arc<C>) -> impl Future<..> + Send {
//             resolve::<Self, C>(parts, container)
//         }
//     }
//     // and, alike, OptionalFromRequestParts
//     impl<C: Container> Injectable<C> for CurrentUser where OneRequest: Outlives<CurrentUser, C> { .. } // never holds
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, function, generics, parameters, output, .. } = model;
    let layer = quote!(#runtime::layer::Common);
    let route = quote!(#runtime::layer::Route);
    let parameters = if model.is_stub { &[][..] } else { parameters };
    let strategy = match model.kind {
        Kind { is_cached: true, teardown: None } => Strategy::Cached,
        Kind { is_cached: false, teardown: None } => Strategy::Uncached,
        Kind { is_cached, teardown: Some(teardown) } => {
            Strategy::Resource { is_cached, until_body: matches!(teardown, Teardown::AfterTheBody) }
        }
    };
    let proofs = proofs(parameters, generics, &route, runtime);
    let body = if model.is_stub { rejected(runtime) } else { call(model) };
    let body = quote!(#proofs #body);
    let specs: Vec<_> = parameters.iter().map(|it| it.spec(&route, runtime)).collect();
    Output {
        runtime,
        generics,
        ty: &quote!(#output),
        name: &names::shown(function),
        declared_at: function.span(),
        strategy: if model.is_stub { Strategy::Uncached } else { strategy },
        predicates: &parameters.iter().map(|it| it.predicate(runtime)).collect::<Vec<_>>(),
        specs: &specs,
        fallible: model.fallible.as_ref(),
        body: &body,
        layer: &layer,
    }
    .expand()
}

fn call(model: &Model) -> TokenStream {
    let Model { runtime, function, generics, parameters, .. } = model;
    let values = names_of(parameters);
    let parts = names::parts();
    let bindings = parameters.iter().zip(&values).map(|(parameter, name)| {
        let value = parameter.value(&quote!(#parts), runtime);
        quote!(let #name = #value;)
    });
    let (_, ty_generics, _) = generics.split_for_impl();
    let turbofish = ty_generics.as_turbofish();
    let wait = model.is_async.then(|| quote!(.await));
    let call = quote!(#function #turbofish(#(#values),*) #wait);
    let result = match &model.fallible {
        None => quote!(::core::result::Result::Ok(#call)),
        Some(written) => {
            let reject = runtime.private("Reject");
            let reject = match error_of_result(written) {
                Some(error) => across(error, quote!(<#error as #reject>::reject)),
                None => across(written, quote!(#reject::reject)),
            };
            quote! {
                match #call {
                    ::core::result::Result::Ok(value) => ::core::result::Result::Ok(value),
                    ::core::result::Result::Err(error) => ::core::result::Result::Err(#reject(error)),
                }
            }
        }
    };
    quote!(#(#bindings)* #result)
}
