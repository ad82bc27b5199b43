//! The code of an around function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, ReturnType};

use super::validate::Model;
use crate::{
    attributes::cfgs,
    dependency::rejected,
    names,
    parameter::{Parameter, parameter_names},
    spans::{respan_path, with_span},
    types::first_of_result,
};

// Input:
//     #[around]
//     pub async fn audited(user: Option<User>, Inject(audit): Inject<Audit>, next: Next) -> Response { .. }
//
// Output:
//     pub async fn audited(..) -> Response { .. } // as written
//     pub struct audited {}
//     impl<C: Container> Around<C> for audited where Option<User>: Parameter<C, Sort0>, Audit: Injectable<C> {
//         const SPEC: &AroundSpec = ..;
//         const INJECTED: &[Node] = &[<Audit as Injectable<C>>::NODE];
//
//         fn run(request: AroundRequest<'_, C>) -> impl Future<Output = Provision<Response>> + Send {
//             async move {
//                 let mut request = request;
//                 let context = &mut request.context;
//                 let parameter_0 = <Option<User> as Parameter<C, Sort0>>::extract(context).await?;
//                 let parameter_1 = Inject(<Audit as Injectable<C>>::inject(&**context.container));
//                 let next = <Next as NextParameter<'_>>::of(AroundRequest::next(request));
//                 Ok(IntoResponse::into_response(audited(parameter_0, parameter_1, next).await))
//             }
//         }
//     }
//
// The type is the around function, for `Routes::around` and for endpoints. The parameters are owned, so the rest of the request can have what
// they were extracted from.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, item, .. } = model;
    let (ident, vis, cfgs) = (&item.sig.ident, &item.vis, cfgs(&item.attrs));
    let parameters = if model.is_stub { &[][..] } else { &model.parameters };
    let aliases = parameters.iter().filter_map(Parameter::sort_alias);
    let implementation = implementation(model, parameters);
    let block = runtime.block(&quote! {
        #[allow(unused_imports, reason = "unused if all types are known")]
        use __rt::Fallback as _;

        #(#aliases)*
        #implementation
    });
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code, reason = "a name for `Routes::around`")]
        #vis struct #ident {}

        #(#cfgs)*
        #block
    }
}

fn metadata(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let signature = &model.item.sig;
    let (ident, name) = (&signature.ident, names::display_name(&signature.ident));
    let route = quote!(__rt::layer::Route);
    let specs = parameters.iter().map(|parameter| parameter.spec(&Generics::default(), &route));
    let location = with_span(ident.span(), quote!(__rt::Location::here()));
    let failure = match &signature.output {
        ReturnType::Type(_, ty) if !model.is_stub && first_of_result(ty).is_some() => {
            quote!(__rt::Probe::<#ty>::FAILURE)
        }
        _ => quote!(__rt::TypeDescription::NOTHING),
    };
    quote! {
        const SPEC: &'static __rt::AroundSpec = &__rt::AroundSpec {
            name: #name,
            module: ::core::module_path!(),
            id: ::core::any::TypeId::of::<Self>,
            parameters: &[#(#specs),*],
            location: #location,
            failure: #failure,
        };
    }
}

fn implementation(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let ident = &model.item.sig.ident;
    let (container, request) = (names::container(), names::request());
    let predicates = parameters.iter().map(Parameter::predicate);
    let injected = parameters.iter().filter(|parameter| parameter.component().is_some()).map(Parameter::node);
    let metadata = metadata(model, parameters);
    let body = if model.is_stub { rejected() } else { call(model, parameters) };
    quote! {
        #[automatically_derived]
        impl<#container: __rt::SharedContainer> __rt::Around<#container> for #ident
        where
            #(#predicates,)*
        {
            #metadata
            const INJECTED: &'static [__rt::Node] = &[#(#injected),*];

            fn run(
                #request: __rt::AroundRequest<'_, #container>,
            ) -> impl ::core::future::Future<Output = __rt::Provision<__rt::Response>> + ::core::marker::Send {
                async move { #body }
            }
        }
    }
}

/// Extracts the parameters, and calls the function.
fn call(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let signature = &model.item.sig;
    let (ident, request, context, next) =
        (&signature.ident, names::request(), names::context(), names::next());
    let values = parameter_names(parameters);
    let extracted = parameters.iter().zip(&values).map(|(parameter, name)| {
        let value = parameter.value();
        quote!(let #name = #value;)
    });
    let source = (!parameters.is_empty()).then(|| {
        quote! {
            let mut #request = #request;
            let #context = &mut #request.context;
        }
    });
    let (next_type, respond) = (&model.next, quote!(__rt::IntoResponse::into_response));
    let of = respan_path(next_type, quote!(<#next_type as __rt::NextParameter<'_>>::of));
    let respond = match &signature.output {
        ReturnType::Type(_, ty) => respan_path(ty, respond),
        ReturnType::Default => respond,
    };
    quote! {
        #source
        #(#extracted)*
        let #next = #of(__rt::AroundRequest::next(#request));
        ::core::result::Result::Ok(#respond(#ident(#(#values,)* #next).await))
    }
}
