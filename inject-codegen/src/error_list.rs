//! The key `errors(..)` of an endpoint or a provider: the variants of its error that it returns.

use proc_macro2::{Delimiter, Group, Span, TokenStream};
use quote::quote;
use syn::{
    Error, Ident, Meta, ReturnType, Token, Type, ext::IdentExt as _, punctuated::Punctuated,
    spanned::Spanned as _,
};

use crate::{errors::Errors, names, spans::with_span};

/// The variants in `errors(..)`.
pub(crate) struct ErrorList {
    key: Span,
    /// The kind of the function, which is also the tag of its messages: `endpoint`.
    subject: &'static str,
    variants: Vec<Ident>,
}

impl ErrorList {
    pub(crate) fn read(meta: &Meta, subject: &'static str, errors: &mut Errors) -> Option<Self> {
        let variants = match meta {
            Meta::List(list) => list.parse_args_with(Punctuated::<Ident, Token![,]>::parse_terminated).ok(),
            _ => None,
        };
        let Some(variants) = variants.filter(|variants| !variants.is_empty()) else {
            errors.at(
                meta,
                format_args!(
                    "expected `errors(NotFound, Conflict)`, with variants of the error that the {subject} returns [inject/{subject}]"
                ),
            );
            return None;
        };
        let mut list = Self { key: meta.path().span(), subject, variants: Vec::new() };
        for variant in variants {
            if list.variants.contains(&variant) {
                errors.at(&variant, format_args!("`{variant}` is listed twice [inject/{subject}]"));
            } else {
                list.variants.push(variant);
            }
        }
        Some(list)
    }

    /// Reports the list of a function without a return type.
    pub(crate) fn check(&self, output: &ReturnType, errors: &mut Errors) {
        if let ReturnType::Default = output {
            self.reject(errors);
        }
    }

    /// Reports the list of a function that does not return a `Result`.
    pub(crate) fn reject(&self, errors: &mut Errors) {
        let subject = self.subject;
        errors.push(Error::new(
            self.key,
            format!(
                "`errors(..)` lists errors of a `Result`, and the {subject} returns none [inject/{subject}]"
            ),
        ));
    }

    /// The statement that describes the variants. rustc reports a variant that does not exist.
    pub(crate) fn describe(&self, returned: &TokenStream, draft: &Ident) -> TokenStream {
        let (all, variants) = (names::variants(), &self.variants);
        let selected = variants.iter().map(|variant| quote!(#all.#variant));
        let describe = with_span(self.key, quote!(__rt::describe_errors));
        let mut arguments =
            Group::new(Delimiter::Parenthesis, quote!(#returned, #draft, |#all| [#(#selected),*]));
        // rustc underlines the whole call.
        arguments.set_span(self.key);
        quote!(#describe #arguments)
    }

    /// The description of the error of a provider that returns a `ty`.
    pub(crate) fn rejection(&self, ty: &Type) -> TokenStream {
        let draft = names::draft();
        let describe = self.describe(&quote!(__rt::Returned::<#ty>::new()), &draft);
        quote!(__rt::TypeDescription::of_errors(|#draft| #describe))
    }

    /// The value, after a look at whether its error is in the list.
    pub(crate) fn checked(&self, name: &TokenStream, value: &TokenStream) -> TokenStream {
        let returned = names::value();
        let variants = self.variants.iter().map(|variant| variant.unraw().to_string());
        quote!({
            let #returned = #value;
            (&#returned).__check_error(#name, &[#(#variants),*]);
            #returned
        })
    }
}
