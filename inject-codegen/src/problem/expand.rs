//! The code of a problem.

use proc_macro2::TokenStream;
use quote::{ToTokens as _, format_ident, quote, quote_spanned};
use syn::{Member, Type, spanned::Spanned as _};

use super::validate::{Answer, Case, Description, Detail, Model, Status};
use crate::{
    generics::{has_parameter, where_clause},
    names,
    spans::{respan, with_span},
};

// Input:
//     #[derive(Problem)]
//     pub enum OrderError {
//         #[problem(status = 404, detail = "no order {0}")]
//         Unknown(u64),
//         #[problem(transparent)]
//         Payment(PaymentError),
//         Storage(sqlx::Error),
//     }
//
// Output:
//     impl ToProblem for OrderError {
//         fn to_problem(&self) -> Problem {
//             match self {
//                 Self::Unknown { 0: field_0 } => Problem::detail(Problem::new(status(404)), format!("no order {field_0}")),
//                 Self::Payment { 0: inner } => <PaymentError as ToProblem>::to_problem(inner),
//                 Self::Storage { .. } => Problem::new(status(500)),
//             }
//         }
//
//         fn kinds() -> Vec<ProblemKind> {
//             let variants = <Self as ProblemVariants>::variants();
//             all_kinds([(variants.Unknown.kinds)(), (variants.Payment.kinds)(), (variants.Storage.kinds)()])
//         }
//     }
//     pub struct OrderErrorVariants { pub Unknown: ProblemVariant, .. }       for `errors(Unknown, ..)` of an endpoint
//     impl ProblemVariants for OrderError {
//         type Variants = OrderErrorVariants;
//         fn variants() -> OrderErrorVariants {
//             OrderErrorVariants {
//                 Unknown: ProblemVariant { name: "Unknown", kinds: || vec![ProblemKind::new(status(404))] },
//                 Payment: ProblemVariant { name: "Payment", kinds: || <PaymentError as ToProblem>::kinds() },
//                 ..
//             }
//         }
//         fn variant(&self) -> &'static str { match self { Self::Unknown { .. } => "Unknown", .. } }
//     }
//     impl IntoResponse for OrderError {
//         fn into_response(self) -> Response { <Self as Failure>::respond(self) }
//     }
pub(super) fn expand(model: &Model) -> TokenStream {
    let Model { runtime, ident, generics, cases } = model;
    let failure = respan(ident, quote!(__rt::Failure));
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    // The implementation of `Error` may have bounds that are not in the source, such as those of `thiserror`.
    let is_error = (!generics.params.is_empty()).then(|| quote!(Self: #failure));
    let shows_itself =
        is_error.iter().filter(|_| cases.iter().any(|case| matches!(detail(case), Some(Detail::Display))));
    let fields = field_predicates(model);
    let to_problem_where = where_clause(generics, fields.iter().chain(shows_itself));
    let into_response_where = where_clause(generics, fields.iter().chain(&is_error));
    let allow_unused = cases.iter().any(has_named_bindings).then(|| {
        // The fields that a detail does not mention.
        quote!(#[allow(unused_variables)])
    });
    let arms = cases.iter().map(|case| arm(case, model));
    let body = if cases.is_empty() { quote!(match *self {}) } else { quote!(match self { #(#arms)* }) };
    let kinds = kinds(model);
    let variants = variants(model, &to_problem_where);
    runtime.block(&quote! {
        #[automatically_derived]
        impl #impl_generics __rt::ToProblem for #ident #ty_generics #to_problem_where {
            #allow_unused
            fn to_problem(&self) -> __rt::Problem {
                #body
            }

            #kinds
        }

        #variants

        #[automatically_derived]
        impl #impl_generics __rt::IntoResponse for #ident #ty_generics #into_response_where {
            fn into_response(self) -> __rt::Response {
                <Self as #failure>::respond(self)
            }
        }
    })
}

/// Returns the predicates of a generic error on its fields.
fn field_predicates(model: &Model) -> Vec<TokenStream> {
    let Model { generics, cases, .. } = model;
    let predicate = |case: &Case| match &case.answer {
        Answer::OfField(_, ty) if has_parameter(generics, ty) => Some(quote!(#ty: __rt::ToProblem)),
        _ => None,
    };
    cases.iter().filter_map(predicate).collect()
}

fn detail(case: &Case) -> Option<&Detail> {
    match &case.answer {
        Answer::Described(description) => description.detail.as_ref(),
        Answer::OfField(..) => None,
    }
}

fn has_named_bindings(case: &Case) -> bool {
    match detail(case) {
        Some(Detail::Format(_, bindings)) => {
            bindings.iter().any(|(member, _)| matches!(member, Member::Named(_)))
        }
        _ => false,
    }
}

fn arm(case: &Case, model: &Model) -> TokenStream {
    let Case { variant, answer, .. } = case;
    let mut bindings = Vec::new();
    let problem = match answer {
        Answer::OfField(member, ty) => {
            let inner = names::inner();
            bindings.push(quote!(#member: #inner));
            of_field(ty)
        }
        Answer::Described(description) => {
            if let Some(Detail::Format(_, fields)) = &description.detail {
                bindings.extend(fields.iter().map(|(member, name)| match member {
                    Member::Named(_) => quote!(#name),
                    Member::Unnamed(_) => quote!(#member: #name),
                }));
            }
            described(description, model)
        }
    };
    let path = match variant {
        Some(variant) => quote!(Self::#variant),
        None => quote!(Self),
    };
    quote!(#path { #(#bindings,)* .. } => #problem,)
}

/// Returns the problem of the field.
fn of_field(ty: &Type) -> TokenStream {
    let inner = names::inner();
    respan(ty, quote!(<#ty as __rt::ToProblem>::to_problem(#inner)))
}

fn described(description: &Description, model: &Model) -> TokenStream {
    let ident = &model.ident;
    let Description { status, type_uri, title, detail, challenge } = description;
    let problem_type = quote!(__rt::Problem);
    let status = status_code(status);
    let mut problem = quote!(#problem_type::new(#status));
    if let Some(uri) = type_uri {
        problem = quote!(#problem_type::with_type_uri(#problem, #uri));
    }
    if let Some(title) = title {
        problem = quote!(#problem_type::with_title(#problem, #title));
    }
    let detail = detail.as_ref().map(|detail| match detail {
        Detail::Display => {
            let failure = respan(ident, quote!(__rt::Failure));
            quote!(<Self as #failure>::text(self))
        }
        Detail::Text(text) => text.to_token_stream(),
        Detail::Format(format, _) => quote!(::std::format!(#format)),
    });
    if let Some(detail) = detail {
        problem = quote!(#problem_type::with_detail(#problem, #detail));
    }
    if let Some(challenge) = challenge {
        problem = quote!(#problem_type::with_header(#problem, "WWW-Authenticate", #challenge));
    }
    problem
}

/// Returns all kinds of the problem, for OpenAPI documents.
fn kinds(model: &Model) -> TokenStream {
    let cases = &model.cases;
    let all = names::variants();
    let groups = cases.iter().map(|case| match &case.variant {
        Some(variant) => quote!((#all.#variant.kinds)()),
        None => kinds_of(case),
    });
    let is_enum = cases.iter().any(|case| case.variant.is_some());
    let variants = is_enum.then(|| quote!(let #all = <Self as __rt::ProblemVariants>::variants();));
    quote! {
        fn kinds() -> ::std::vec::Vec<__rt::ProblemKind> {
            #variants
            __rt::all_kinds([#(#groups),*])
        }
    }
}

/// Returns the kinds of one case.
fn kinds_of(case: &Case) -> TokenStream {
    match &case.answer {
        Answer::OfField(_, ty) => respan(ty, quote!(<#ty as __rt::ToProblem>::kinds())),
        Answer::Described(description) => {
            let Description { status, type_uri, title, detail, .. } = description;
            let status = unchecked_status(status);
            let type_uri = type_uri.as_ref().map(|uri| quote!(.with_type_uri(#uri)));
            let title = title.as_ref().map(|title| quote!(.with_title(#title)));
            let text = match (detail, case.doc.as_str()) {
                (Some(Detail::Text(text)), "") => Some(text.to_token_stream()),
                (_, "") => None,
                (_, doc) => Some(doc.to_token_stream()),
            };
            let text = text.map(|text| quote!(.with_description(#text)));
            quote!(::std::vec![__rt::ProblemKind::new(#status)#type_uri #title #text])
        }
    }
}

/// Returns the variants of an enum as fields of a struct: an endpoint selects some of them, of a type that it cannot name.
fn variants(model: &Model, where_clause: &TokenStream) -> Option<TokenStream> {
    let Model { ident, generics, cases, .. } = model;
    let names: Vec<_> = cases.iter().filter_map(|case| case.variant.as_ref()).collect();
    if names.is_empty() {
        return None;
    }
    let kinds = cases.iter().map(kinds_of);
    let texts = names.iter().map(|name| names::display_name(name));
    let arms = names.iter().zip(texts.clone()).map(|(name, text)| quote!(Self::#name { .. } => #text,));
    let variants = format_ident!("{}Variants", ident);
    let (impl_generics, ty_generics, _) = generics.split_for_impl();
    Some(quote! {
        #[doc(hidden)]
        #[allow(missing_docs, non_snake_case, unreachable_pub, reason = "the names of variants")]
        pub struct #variants {
            #(pub #names: __rt::ProblemVariant,)*
        }

        #[automatically_derived]
        impl #impl_generics __rt::ProblemVariants for #ident #ty_generics #where_clause {
            type Variants = #variants;

            fn variants() -> #variants {
                #variants { #(#names: __rt::ProblemVariant { name: #texts, kinds: || #kinds },)* }
            }

            fn variant(&self) -> &'static str {
                match self { #(#arms)* }
            }
        }
    })
}

/// Returns the status as an expression that rustc checks.
fn status_code(status: &Status) -> TokenStream {
    let (span, path) = match status {
        Status::Internal | Status::Number(_) => return unchecked_status(status),
        Status::Name(name) => (name.span(), unchecked_status(status)),
        Status::Path(path) => (path.span(), unchecked_status(status)),
    };
    let call = with_span(span, quote!(__rt::named_status(#path)));
    quote_spanned!(span=> const { #call })
}

/// Returns the status as it is written.
fn unchecked_status(status: &Status) -> TokenStream {
    match status {
        Status::Internal => quote!(__rt::numbered_status(500)),
        Status::Number(number) => quote!(__rt::numbered_status(#number)),
        Status::Name(name) => {
            quote!(__rt::StatusCode::#name)
        }
        Status::Path(path) => path.to_token_stream(),
    }
}
