//! The implementation of `Endpoint`: the types of the parameters, the check of the principal, and the call of the function.

use proc_macro2::TokenStream;
use quote::quote;
use syn::ReturnType;

use super::{policy::Policy, validate::Model};
use crate::{
    dependency::rejected,
    names,
    parameter::Parameter,
    spans::{respan_bound, respan_path},
};

pub(super) fn implementation(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let Model { item, policy, .. } = model;
    let ident = &item.sig.ident;
    let container_type = names::container();

    let extracted: Vec<_> = parameters.iter().filter(|parameter| parameter.component().is_none()).collect();
    let (last, first) = match extracted.split_last() {
        Some((last, first)) if parameters.last().is_some_and(|parameter| parameter.component().is_none()) => {
            (Some(*last), first)
        }
        _ => (None, &*extracted),
    };
    let (marker, marker_parameter) = match last {
        Some(_) => {
            let marker = names::marker();
            (quote!(#marker), quote!(, #marker))
        }
        None => (quote!(()), TokenStream::new()),
    };
    let is_of_parameter = matches!(policy, Policy::OfParameter(_));
    let principal = if model.is_stub { None } else { policy.predicate() };
    let is_repeated = model.is_repeated();
    let repetitions = extracted.iter().filter(|_| is_repeated).map(|parameter| parameter.repetition());
    let components = parameters.iter().filter(|parameter| parameter.component().is_some());
    let predicates = components
        .clone()
        .map(Parameter::predicate)
        .chain(first.iter().map(|parameter| parameter.predicate()))
        .chain(last.map(Parameter::last_predicate))
        .chain(last.filter(|_| is_of_parameter).map(Parameter::guard_predicate))
        .chain(last.filter(|_| is_repeated).map(Parameter::repetition_predicate));
    let injected = components.map(Parameter::node);
    let arounds = if model.is_stub { &[][..] } else { &model.arounds };
    // Each is named once, in an alias: rustc reports a name that is not a type once.
    let around_names: Vec<_> = (0..arounds.len()).map(names::around).collect();
    let around_predicates = arounds.iter().zip(&around_names).map(|(around, name)| {
        let bound = respan_bound(around, &quote!(__rt::Around<#container_type>));
        quote!(#name: #bound)
    });
    let around_constant = (!arounds.is_empty()).then(|| {
        quote! {
            const AROUNDS: &'static [__rt::AroundEntry<#container_type>] =
                &[#(__rt::AroundEntry::of::<#around_names>()),*];
        }
    });

    let (principal_alias, guards) = if model.is_stub {
        (None, None)
    } else {
        (
            policy.sort_alias(),
            is_of_parameter.then(|| {
                extracted.iter().map(|parameter| parameter.guard_constant()).collect::<TokenStream>()
            }),
        )
    };
    let aliases = extracted.iter().filter_map(|parameter| parameter.sort_alias());
    let types = list(first, chain_type, |parameter| {
        let ty = &parameter.ty;
        quote!(#ty)
    });
    let sorts = list(first, chain_type, Parameter::sort);
    let (last_type, last_sort) = match last {
        Some(last) => {
            let ty = &last.ty;
            (quote!(#ty), last.last_sort())
        }
        None => (quote!(__rt::NoLast), quote!(())),
    };
    let request = names::request();
    let answer = if model.is_stub {
        rejected()
    } else {
        let (access, function) = (access(model, first, last), function(model, parameters, first, last));
        quote! {
            __rt::answer::<#container_type, #types, #sorts, #last_type, #marker, #last_sort, _, _, _>(
                #request,
                #access,
                #function,
            )
        }
    };
    let request = if model.is_stub { quote!(_) } else { quote!(#request) };
    quote! {
        #(#aliases)*
        #principal_alias
        #guards
        #(#repetitions)*
        #(type #around_names = #arounds;)*

        #[automatically_derived]
        impl<#container_type: __rt::SharedContainer #marker_parameter> __rt::Endpoint<#container_type, #marker> for #ident
        where
            #principal
            #(#predicates,)*
            #(#around_predicates,)*
        {
            const INJECTED: &'static [__rt::Node] =
                &[#(#injected),*];
            #around_constant

            fn answer(#request: __rt::EndpointRequest<#container_type>) -> __rt::BoxFuture<'static, __rt::Response> {
                #answer
            }
        }
    }
}

/// Returns a list of parameters as a tuple, or as a chain of tuples.
fn list(
    parameters: &[&Parameter],
    join: fn(&TokenStream, &TokenStream) -> TokenStream,
    element: impl Fn(&Parameter) -> TokenStream,
) -> TokenStream {
    let tuple = |parameters: &[&Parameter]| {
        let elements = parameters.iter().map(|parameter| element(parameter));
        quote!((#(#elements,)*))
    };
    let mut chunks = parameters.rchunks(names::LONGEST_PARAMETER_LIST);
    let Some(last) = chunks.next() else { return quote!(()) };
    chunks.fold(tuple(last), |list, chunk| join(&tuple(chunk), &list))
}

fn chain_type(first: &TokenStream, rest: &TokenStream) -> TokenStream {
    quote!(__rt::Chain<#first, #rest>)
}

fn chain_pattern(first: &TokenStream, rest: &TokenStream) -> TokenStream {
    quote!(__rt::Chain(#first, #rest))
}

/// How the endpoint is accessed.
fn access(model: &Model, first: &[&Parameter], last: Option<&Parameter>) -> TokenStream {
    let policy = &model.policy;
    match policy {
        Policy::OfParameter(_) => {
            let guards = list(first, chain_type, |parameter| {
                let guard = names::guard(parameter.index);
                quote!(__rt::Guards<#guard>)
            });
            let guard = match last {
                Some(last) => {
                    let guard = names::guard(last.index);
                    quote!(#guard)
                }
                None => quote!(false),
            };
            quote!(__rt::parameter_access::<#guards, #guard>())
        }
        _ => match policy.principal() {
            None => quote!(__rt::OpenAccess),
            Some(principal) => {
                let (sort, check) = (names::principal_sort(), policy.check());
                quote!(__rt::principal_access::<#principal, #sort, _>(#check))
            }
        },
    }
}

/// The closure that calls the function of the endpoint.
fn function(
    model: &Model,
    parameters: &[Parameter],
    first: &[&Parameter],
    last: Option<&Parameter>,
) -> TokenStream {
    let Model { item, error_list, .. } = model;
    let (ident, container) = (&item.sig.ident, names::container_value());
    let pattern = list(first, chain_pattern, |parameter| {
        let name = names::parameter(parameter.index);
        quote!(#name)
    });
    let last_name = match last {
        Some(last) => {
            let name = names::parameter(last.index);
            quote!(#name)
        }
        None => quote!(_),
    };
    let values = parameters.iter().map(|parameter| {
        let name = names::parameter(parameter.index);
        parameter.injected(&quote!(#container)).unwrap_or_else(|| quote!(#name))
    });
    let value = quote!(#ident::call(#(#values),*));
    let respond = quote!(__rt::respond);
    let respond = match &item.sig.output {
        ReturnType::Type(_, ty) => respan_path(ty, respond),
        ReturnType::Default => respond,
    };
    let body = match error_list {
        Some(errors) => {
            let answer = names::answer();
            let checked =
                errors.checked(&quote!(<Self as __rt::EndpointMeta>::SPEC.name), &quote!(#answer.await));
            quote!({
                let #answer = #value;
                #respond(__rt::Call::new(async move { #checked }))
            })
        }
        None => quote!(#respond(#value)),
    };
    let uses_container = parameters.iter().any(|parameter| parameter.component().is_some());
    let container = if uses_container { quote!(#container) } else { quote!(_) };
    quote!(|#container, #pattern, #last_name| #body)
}
