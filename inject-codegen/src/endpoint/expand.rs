//! The code of an endpoint.

use proc_macro2::TokenStream;
use quote::{format_ident, quote};
use syn::{Attribute, Generics, ItemFn, ReturnType};

use super::{answer::implementation, path, policy::Policy, validate::Model};
use crate::{
    attributes::cfgs,
    description::{doc_comment, of_output},
    names,
    parameter::{Parameter, allow_lints, parameter_names},
    spans::with_span,
    transaction::Settings,
};

// Input:
//     #[get("/users/{id}")]
//     #[require_role(UserRole::Admin)]
//     pub async fn get_user(Path(id): Path<i64>, Inject(users): Inject<UserService>) -> Result<Json<User>, ApiError> { .. }
//
// Output:
//     pub struct get_user {}
//     impl get_user {
//         pub fn call(parameter_0: Path<i64>, parameter_1: Inject<UserService>) -> Call<impl Future<Output = Result<..>>> {
//             async fn get_user(..) -> Result<Json<User>, ApiError> { .. } // as written
//             Call::new(get_user(parameter_0, parameter_1))
//         }
//     }
//     pub fn get_user(answer: Answer<get_user>) -> Ready<Answer<get_user>> { ready(answer) }
//     impl EndpointMeta for get_user { const SPEC: &EndpointSpec = ..; }
//     impl<C: Container> Endpoint<C, ()> for get_user
//     where
//         <UserRole as Role>::Principal: Parameter<C, PrincipalSort>,
//         UserService: Injectable<C>,
//         Path<i64>: Parameter<C, Known>,
//     {
//         const INJECTED: &[Node] = &[<UserService as Injectable<C>>::NODE];
//
//         fn answer(request: EndpointRequest<C>) -> BoxFuture<'static, Response> {
//             answer::<C, (Path<i64>,), (Known,), NoLast, (), (), _, _, _>(
//                 request,
//                 principal_access::<<UserRole as Role>::Principal, PrincipalSort, _>(|principal, parts| {
//                     authorize::<UserRole>(principal, &[UserRole::Admin], parts)
//                 }),
//                 |container, (parameter_0,), _| {
//                     respond(get_user::call(parameter_0, Inject(<UserService as Injectable<C>>::inject(&**container))))
//                 },
//             )
//         }
//     }
//
// The type is the endpoint, for `routes!`. The function is the endpoint as a handler of axum, with its policy. They are two items because a
// unit struct, which would be both, cannot be shadowed: a variable could not have the name of an endpoint.
//
// The runtime has the future, and extracts the list of the parameters: rustc checks its code once, and not for each endpoint. Methods that return
// `impl Future` are slow to check: rustc compares their opaque types with the trait, and looks into their bodies. A parameter that may be the principal
// takes it from the guard. The last parameter, which may read the body, is bound by `LastParameter<C, M, _>`, and `M` is a parameter of the
// implementation.
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, item, policy, .. } = model;
    let (ident, vis) = (&item.sig.ident, &item.vis);
    let parameters = if model.is_stub { &[][..] } else { &model.parameters };
    let (metadata, endpoint) = (metadata(model, parameters), implementation(model, parameters));
    let function = (!model.is_stub).then(|| function(model));
    let is_extracting = parameters.iter().any(|parameter| parameter.component().is_none());
    let proof = (!model.is_stub).then(|| policy.proof(ident, is_extracting));
    let (docs, cfgs) = (docs(&item.attrs), cfgs(&item.attrs));
    let path_checks = path::checks(&model.path, parameters);
    let block = runtime.block(&quote! {
        #[allow(unused_imports, reason = "unused if all types are known")]
        use __rt::{
            ErrorListFallback as _, Fallback as _, ListedErrors as _, ReturnFallback as _, ReturnedError as _,
            ReturnedTuple as _,
        };

        #path_checks

        #metadata
        #proof
        #endpoint
    });
    let handler = (!model.is_stub).then(|| handler(model));
    quote! {
        #(#docs)*
        #(#cfgs)*
        #[allow(non_camel_case_types, dead_code, reason = "a name for `routes!`")]
        #vis struct #ident {}

        #function

        #handler

        #(#cfgs)*
        #block
    }
}

/// The function of the endpoint, for its implementation and for unit tests.
fn function(model: &Model) -> TokenStream {
    let Model { runtime, item, parameters, .. } = model;
    let ItemFn { attrs, sig, block, .. } = item;
    let (ident, private) = (&sig.ident, runtime.private());
    let attributes = attrs
        .iter()
        .filter(|attribute| !["doc", "cfg", "deprecated"].iter().any(|name| attribute.path().is_ident(name)));
    let values = parameter_names(parameters);
    let types = parameters.iter().map(|parameter| &parameter.ty);
    let output = match &sig.output {
        ReturnType::Default => quote!(()),
        ReturnType::Type(_, ty) => quote!(#ty),
    };
    let (vis, allowed, cfgs) = (&item.vis, allow_lints(), cfgs(attrs));
    quote! {
        #(#cfgs)*
        impl #ident {
            #[doc = " Calls the function of the endpoint, without its policy: for unit tests."]
            #allowed
            #vis fn call(
                #(#values: #types),*
            ) -> #private::Call<impl ::core::future::Future<Output = #output>> {
                #(#attributes)*
                #sig #block

                #private::Call::new(#ident(#(#values),*))
            }
        }
    }
}

/// The endpoint as a handler of axum, with its policy.
fn handler(model: &Model) -> TokenStream {
    let Model { runtime, item, .. } = model;
    let (ident, vis, private, cfgs) = (&item.sig.ident, &item.vis, runtime.private(), cfgs(&item.attrs));
    let answer = names::answer();
    quote! {
        #(#cfgs)*
        #[doc(hidden)]
        #[allow(dead_code, reason = "for a router of axum")]
        #vis fn #ident(#answer: #private::Answer<#ident>) -> ::core::future::Ready<#private::Answer<#ident>> {
            ::core::future::ready(#answer)
        }
    }
}

/// The function as written, after an error: an editor still completes and checks its body.
pub(super) fn as_written(item: &ItemFn) -> TokenStream {
    let allowed = allow_lints();
    quote!(#allowed #item)
}

/// Returns the doc comment.
fn docs(attributes: &[Attribute]) -> impl Iterator<Item = &Attribute> {
    attributes.iter().filter(|attribute| attribute.path().is_ident("doc"))
}

fn metadata(model: &Model, parameters: &[Parameter]) -> TokenStream {
    let Model { item, path, policy, .. } = model;
    let ident = &item.sig.ident;
    let method = format_ident!("{}", model.method);
    let route = quote!(__rt::layer::Route);
    let specs = parameters.iter().map(|parameter| parameter.spec(&Generics::default(), &route));
    let (name, access) = (names::display_name(ident), policy.metadata());
    let principal = match model.principal() {
        Some(principal) => quote! {
            ::core::option::Option::Some(__rt::ParameterSpec {
                kind: __rt::Probe::<#principal>::KIND,
                demands_credentials: __rt::Probe::<#principal>::DEMANDS || __rt::Probe::<#principal>::PROMISES,
                input: &[__rt::Probe::<#principal>::INPUT],
                ..__rt::ParameterSpec::EMPTY
            })
        },
        None => quote!(::core::option::Option::None),
    };
    let role_check = if model.is_stub { quote!(::core::option::Option::None) } else { policy.role_check() };
    let requirement = if model.is_stub { quote!(::core::option::Option::None) } else { policy.requirement() };
    let location = with_span(ident.span(), quote!(__rt::Location::here()));
    let documentation = documentation(model);
    let (specs, constant) = match policy {
        Policy::OfParameter(_) => {
            (quote!(__PARAMETERS), Some(quote!(const __PARAMETERS: &[__rt::ParameterSpec] = &[#(#specs),*];)))
        }
        _ => (quote!(&[#(#specs),*]), None),
    };
    let transaction = model.transaction.as_ref().filter(|_| !model.is_stub).map(Settings::constant);
    let requirements = if model.is_stub { None } else { policy.constants() };
    quote! {
        #constant
        #requirements

        #[automatically_derived]
        impl __rt::EndpointMeta for #ident {
            const SPEC: &'static __rt::EndpointSpec = &__rt::EndpointSpec {
                name: #name,
                module: ::core::module_path!(),
                method: __rt::Method::#method,
                path: #path,
                policy: #access,
                principal: #principal,
                role_check: #role_check,
                requirement: #requirement,
                parameters: #specs,
                scope_usage: || {
                    static USAGE: __rt::ScopeUsage = __rt::ScopeUsage::new();
                    &USAGE
                },
                location: #location,
                documentation: #documentation,
            };
            #transaction
        }
    }
}

/// Returns the OpenAPI documentation except the parameters. rustc infers the return type, because an `impl Trait` cannot be named, and an error
/// in a copy of the type would be reported twice.
fn documentation(model: &Model) -> TokenStream {
    let Model { item, parameters, is_hidden, error_list, .. } = model;
    let (ident, draft) = (&item.sig.ident, names::draft());
    let text = doc_comment(&item.attrs);
    let schemas = of_output(&item.sig.output).map(|schemas| quote!(schemas: #schemas,));
    let is_deprecated = is_deprecated(item).then(|| quote!(is_deprecated: true,));
    let is_hidden = is_hidden.then(|| quote!(is_hidden: true,));
    let responses = (!model.is_stub).then(|| {
        let arguments = parameters.iter().map(|_| quote!(__rt::argument()));
        let returned = quote!(returned);
        let failure = match error_list {
            Some(list) => {
                let describe = list.describe(&returned, &draft);
                quote!(#describe;)
            }
            None => quote!(#returned.__failure(#draft);),
        };
        quote! {
            responses: |#draft| {
                let #returned = __rt::returned(|| #ident::call(#(#arguments),*));
                #returned.__success(#draft);
                #failure
            },
        }
    });
    let optional = [is_deprecated, is_hidden, schemas, responses];
    // With all fields, clippy reports a base as needless.
    let others = optional.iter().any(Option::is_none).then(|| quote!(..__rt::Documentation::NONE));
    let fields = optional.iter().flatten();
    quote! {
        __rt::Documentation {
            text: #text,
            #(#fields)*
            #others
        }
    }
}

fn is_deprecated(item: &ItemFn) -> bool {
    item.attrs.iter().any(|attribute| attribute.path().is_ident("deprecated"))
}

impl Model {
    /// Returns whether a request may take several attempts.
    pub(super) fn is_repeated(&self) -> bool {
        !self.is_stub && self.transaction.as_ref().is_some_and(Settings::is_repeated)
    }

    /// Returns the type of the principal that is extracted.
    fn principal(&self) -> Option<TokenStream> {
        if self.is_stub { None } else { self.policy.principal() }
    }
}
