//! Functions that take extractors: what providers and endpoints may look like.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{FnArg, ItemFn, Pat, PatType, Type};

use super::Parameter;
use crate::{
    dependency::{Marks, Origin},
    errors::Errors,
    names,
};

/// Lints that do not apply to a function that expansions call: extractors are taken by value, an endpoint is async whether or not it waits,
/// and nobody could ignore what a provider returns.
pub(crate) fn allowed() -> TokenStream {
    quote!(#[allow(clippy::needless_pass_by_value, clippy::unused_async, clippy::must_use_candidate)])
}

/// The parameters of `item`. What cannot be called by an expansion is reported, as a fault of `what`, with the tag `tag`.
pub(crate) fn parameters_of(item: &mut ItemFn, what: &str, tag: &str, errors: &mut Errors) -> Vec<Parameter> {
    if let Some(receiver) = item.sig.receiver() {
        errors.at(
            receiver,
            format_args!(
                "{what} is a free function, without `self`: take what it needs as `Inject<T>` [inject/{tag}]",
            ),
        );
    }
    if let syn::Safety::Unsafe(unsafety) = &item.sig.safety {
        errors.at(
            unsafety,
            format_args!("{what} cannot be unsafe: nobody would uphold its contract [inject/{tag}]"),
        );
    }
    if let Some(variadic) = &item.sig.variadic {
        errors.at(variadic, format_args!("{what} has a fixed number of parameters [inject/{tag}]"));
    }
    let mut parameters = Vec::new();
    for (index, input) in item.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(input) = input else { continue };
        conditional(input, what, tag, errors);
        if let Type::ImplTrait(ty) = &*input.ty {
            errors.at(ty, format_args!("{what} names the types of its parameters [inject/{tag}]"));
            continue;
        }
        let marks = Marks::take(&mut input.attrs);
        let parameter = Parameter::new(name_of(input, index), (*input.ty).clone());
        parameters.push(match marks.first().cloned() {
            None => parameter,
            Some(mark) if parameter.component().is_none() => {
                errors.at(
                    &mark,
                    format_args!(
                        "this is about what {what} takes from the container, `Inject<T>` [inject/{tag}]",
                    ),
                );
                parameter
            }
            Some(mark) => {
                match marks.origin(parameter.name.clone(), index, &input.ty, &input.attrs, errors) {
                    Origin::Dependency(dependency) => parameter.marked(&dependency),
                    Origin::Unknown => parameter,
                    Origin::Default | Origin::Expression(_) => {
                        errors
                            .at(&mark, format_args!("{what} is given all of its parameters [inject/{tag}]"));
                        parameter
                    }
                }
            }
        });
    }
    parameters
}

/// A parameter under `#[cfg]` would need a signature for each case.
fn conditional(input: &PatType, what: &str, tag: &str, errors: &mut Errors) {
    if let Some(cfg) = input.attrs.iter().find(|it| it.path().is_ident("cfg")) {
        errors.at(
            cfg,
            format_args!("{what} takes the same parameters in every build: put `#[cfg]` on the whole function [inject/{tag}]"),
        );
    }
}

/// `users` of `users: T`, and of `Inject(users): Inject<T>`.
fn name_of(input: &PatType, index: usize) -> String {
    fn of(pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Ident(pattern) => Some(names::shown(&pattern.ident)),
            Pat::TupleStruct(pattern) if pattern.elems.len() == 1 => of(pattern.elems.first()?),
            _ => None,
        }
    }
    of(&input.pat).unwrap_or_else(|| index.to_string())
}
