//! The code of an endpoint.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Generics, ItemFn, ReturnType};

use super::{policy::Policy, validate::Model};
use crate::{
    dependency::rejected,
    names,
    request::{Parameter, doc_comment, names_of, of_output, proofs},
    spans::{across, called_at},
};

// Input:
//     #[get("/users/{id}")]
//     #[require_role(UserRole::Admin)]
//     pub async fn get_user(Path(id): Path<i64>, Inject(users): Inject<UserService>) -> Result<Json<User>, ApiError> { .. }
//
// Output, beside the function:
//     pub struct get_user {}
//     impl Described for get_user { const SPEC: &EndpointSpec = ..; }
//     impl<C: Container + Send + Sync> Endpoint<C, ()> for get_user
//     where
//         <UserRole as Role>::Principal: Parameter<C>,
//         Path<i64>: Parameter<C>,
//         UserService: Injectable<C>,
//     {
//         const INJECTED: &[Node] = &[<UserService as Injectable<C>>::NODE];
//
//         fn respond(
//             mut parts: Parts,
//             body: Body,
//             container: Arc<C>,
//         ) -> impl Future<Output = Result<Response, Response>> + Send + 'static {
//             async move {
//                 let container = &container;
//                 let mut principal = Some(authorize::<UserRole>(
//                     extracted(<<UserRole as Role>::Principal as Parameter<C>>::extract(&mut parts, container).await)?,
//                     &[UserRole::Admin],
//                 )?);
//                 let parameter_0 = match handed::<Path<i64>, _>(&mut principal) {
//                     Some(value) => value,
//                     None => extracted(<Path<i64> as Parameter<C>>::extract(&mut parts, container).await)?,
//                 };
//                 let parameter_1 = Inject(<UserService as Injectable<C>>::inject(&**container));
//                 answer(get_user(parameter_0, parameter_1).await)
//             }
//         }
//     }
//
// The last parameter, which may read the body, is asked of `LastParameter<C, M>`, and `M` is a parameter of the implementation.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { item, .. } = model;
    let (ident, vis) = (&item.sig.ident, &item.vis);
    let parameters = if model.is_stub { &[][..] } else { &model.parameters };
    let described = described(model, parameters);
    let endpoint = endpoint(model, parameters);
    let doc = format!(" The endpoint `{}`, for `routes!`.", names::shown(ident));
    quote! {
        #[doc = #doc]
        #[doc(hidden)]
        #[allow(non_camel_case_types, dead_code)] // it is called like the function, and there is never one of it
        #vis struct #ident {}

        #described
        #endpoint
    }
}

fn described(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let Model { runtime, item, method, path, .. } = model;
    let ident = &item.sig.ident;
    let [described, spec, unknown] = ["Described", "EndpointSpec", "Unknown"].map(|it| runtime.private(it));
    let route = quote!(#runtime::layer::Route);
    let specs = parameters.iter().map(|it| it.spec(&route, runtime));
    let (name, policy) = (names::shown(ident), model.policy.spec(runtime));
    let principal = match model.principal() {
        Some(principal) => {
            let [parameter, probe] = ["ParameterSpec", "Probe"].map(|it| runtime.private(it));
            quote!(::core::option::Option::Some(
                #parameter::new("", "", #probe::<#principal>::SHAPE, &[#probe::<#principal>::INPUT])
            ))
        }
        None => quote!(::core::option::Option::None),
    };
    let check = if model.is_stub { None } else { model.policy.role_check(runtime) };
    let new = called_at(
        ident.span(),
        quote! {
            #spec::new((#name, ::core::module_path!()), #method, #path, #policy, #principal, &[#(#specs),*])
        },
    );
    let (doc, schemas) = (doc_comment(&item.attrs), of_output(&item.sig.output, runtime));
    let output = if model.is_stub { quote!(|_| {}) } else { output(model) };
    let calls_deprecated = calls_deprecated(item);
    let deprecated = is_deprecated(item).then(|| quote!(.deprecated()));
    let hidden = model.is_hidden.then(|| quote!(.hidden()));
    quote! {
        #[automatically_derived]
        impl #described for #ident {
            #calls_deprecated
            const SPEC: &'static #spec = {
                #[allow(unused_imports)] // where everything is known
                use #unknown as _;
                &#new #check .documented(#doc, #schemas, #output) #deprecated #hidden
            };
        }
    }
}

/// Describes what the function returns. The type is left for rustc to infer: it cannot be written down where it is `impl Trait`, and an error
/// in it would be reported twice.
fn output(model: &Model) -> TokenStream {
    let Model { runtime, item, parameters, .. } = model;
    let [undescribed, returned, argument] =
        ["Undescribed", "returned", "argument"].map(|it| runtime.private(it));
    let (ident, draft) = (&item.sig.ident, names::draft());
    let arguments = parameters.iter().map(|_| quote!(#argument()));
    quote!(|#draft| {
        #[allow(unused_imports)] // where everything is known
        use #undescribed as _;
        let returned = #returned(|| #ident(#(#arguments),*));
        returned.__success(#draft);
        returned.__failure(#draft);
    })
}

/// Who calls it is told by the client, and not by rustc.
fn calls_deprecated(item: &ItemFn) -> Option<TokenStream> {
    is_deprecated(item).then(|| quote!(#[allow(deprecated)]))
}

fn is_deprecated(item: &ItemFn) -> bool {
    item.attrs.iter().any(|it| it.path().is_ident("deprecated"))
}

impl Model {
    /// The principal that is extracted, as a type.
    fn principal(&self) -> Option<TokenStream> {
        if self.is_stub { None } else { self.policy.principal(&self.runtime) }
    }
}

fn endpoint(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let Model { runtime, item, .. } = model;
    let ident = &item.sig.ident;
    let [endpoint, parameter, node, parts_type, body_type, response, arc] =
        ["Endpoint", "Parameter", "Node", "Parts", "Body", "Response", "Arc"].map(|it| runtime.private(it));
    let (container_type, container, parts) = (names::container(), names::container_value(), names::parts());
    let body = names::body();

    let (last, first) = match parameters.split_last() {
        Some((last, first)) if last.component().is_none() => (Some(last), first),
        _ => (None, parameters),
    };
    let (mark, marks) = match last {
        Some(_) => {
            let mark = names::mark();
            (quote!(#mark), quote!(, #mark))
        }
        None => (quote!(()), TokenStream::new()),
    };
    let principal = model.principal().map(|it| {
        let bound = match &model.policy {
            Policy::Authenticated(principal) => across(principal, quote!(#parameter<#container_type>)),
            Policy::AnyRole(roles) => across(&roles.role, quote!(#parameter<#container_type>)),
            Policy::Public => quote!(#parameter<#container_type>),
        };
        quote!(#it: #bound,)
    });
    let predicates = first.iter().map(|it| it.predicate(runtime)).chain(last.map(|last| {
        let (ty, last_parameter) = (&last.ty, last.as_last(runtime));
        let bound = across(ty, quote!(#last_parameter<#container_type, #mark>));
        quote!(#ty: #bound)
    }));
    let injected = parameters.iter().filter(|it| it.component().is_some()).map(|it| it.asked(runtime));
    let proofs = proofs(parameters, &Generics::default(), &quote!(#runtime::layer::Route), runtime);
    let respond = if model.is_stub { rejected(runtime) } else { respond(model, first, last) };
    let calls_deprecated = calls_deprecated(item);
    quote! {
        #[automatically_derived]
        impl<#container_type #marks> #endpoint<#container_type, #mark> for #ident
        where
            #container_type: #runtime::Container + ::core::marker::Send + ::core::marker::Sync,
            #principal
            #(#predicates,)*
        {
            const INJECTED: &'static [#node] = &[#(<#injected as #runtime::Injectable<#container_type>>::NODE),*];

            // No `async fn`: that keeps its arguments twice, once as they come and once as they are used.
            #[allow(unused_mut, unused_variables)] // where nothing is taken
            #calls_deprecated
            fn respond(
                mut #parts: #parts_type,
                #body: #body_type,
                #container: #arc<#container_type>,
            ) -> impl ::core::future::Future<Output = ::core::result::Result<#response, #response>>
                + ::core::marker::Send
                + 'static
            {
                #proofs
                async move {
                    let #container = &#container;
                    #respond
                }
            }
        }
    }
}

/// Extracts and calls.
fn respond(model: &Model, first: &[Parameter], last: Option<&Parameter>) -> TokenStream {
    let Model { runtime, item, policy, parameters, .. } = model;
    let ident = &item.sig.ident;
    let (container_type, container, parts, body) =
        (names::container(), names::container_value(), names::parts(), names::body());
    let all = names_of(parameters);
    let borrowed = quote!(&mut #parts);
    let check = policy.check(&borrowed, runtime);
    let is_public = matches!(policy, Policy::Public);
    let bindings = first.iter().zip(&all).map(|(parameter, name)| {
        let value = if is_public {
            parameter.value(&borrowed, runtime)
        } else {
            parameter.handed_value(&borrowed, runtime)
        };
        quote!(let #name = #value;)
    });
    let last = last.zip(all.last()).map(|(last, name)| {
        let (ty, mark) = (&last.ty, names::mark());
        let (extracted, last_parameter) = (runtime.private("extracted"), last.as_last(runtime));
        let value = quote! {
            #extracted(
                <#ty as #last_parameter<#container_type, #mark>>::extract(#parts, #body, #container).await
            )?
        };
        let value = if is_public { value } else { last.or_handed(&value, runtime) };
        quote!(let #name = #value;)
    });
    let answer = runtime.private("answer");
    let answer = match &item.sig.output {
        ReturnType::Type(_, ty) => across(ty, answer),
        ReturnType::Default => answer,
    };
    quote! {
        #check
        #(#bindings)*
        #last
        #answer(#ident(#(#all),*).await)
    }
}
