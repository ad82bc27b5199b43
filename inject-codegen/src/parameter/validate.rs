//! The rules of functions whose parameters are extractors: providers and endpoints.

use quote::ToTokens as _;
use syn::{FnArg, ItemFn, Pat, PatType, Type};

use super::ast::Parameter;
use crate::{
    dependency::{FieldAttributes, Origin, binding_as_a_dependency, check_form, check_outlives_port},
    errors::Errors,
    names,
    types::{only_argument_of, ungrouped},
};

/// Reads the parameters of `item`. Reports a signature that generated code cannot call, as an error of `what` with the tag `tag`.
pub(crate) fn parameters_of(item: &mut ItemFn, what: &str, tag: &str, errors: &mut Errors) -> Vec<Parameter> {
    if let Some(receiver) = item.sig.receiver() {
        errors.at(
            receiver,
            format_args!(
                "{what} is a free function, without `self`: take dependencies as `Inject<T>` [inject/{tag}]",
            ),
        );
    }
    if let syn::Safety::Unsafe(unsafety) = &item.sig.safety {
        errors.at(
            unsafety,
            format_args!("{what} cannot be unsafe, because generated code calls it: move `unsafe` into the body [inject/{tag}]"),
        );
    }
    if let Some(variadic) = &item.sig.variadic {
        errors.at(variadic, format_args!("{what} cannot be variadic [inject/{tag}]"));
    }
    let mut parameters = Vec::new();
    for (index, input) in item.sig.inputs.iter_mut().enumerate() {
        let FnArg::Typed(input) = input else { continue };
        reject_cfg(input, what, tag, errors);
        if let Type::ImplTrait(ty) = &*input.ty {
            errors.at(
                ty,
                format_args!("a parameter of {what} cannot be `impl Trait`: name its type [inject/{tag}]"),
            );
            continue;
        }
        let attributes = FieldAttributes::take(&mut input.attrs);
        if !check_form_of_extractor(&input.ty, errors) {
            continue;
        }
        let parameter = Parameter::new(name_of(input, index), (*input.ty).clone())
            .among(&item.sig.generics, &[])
            .at(parameters.len());
        parameters.push(match attributes.first().cloned() {
            None => parameter,
            Some(first) if parameter.component().is_none() && !attributes.is_only_layering() => {
                errors.at(
                    &first,
                    format_args!(
                        "`#[{}]` goes on a parameter of type `Inject<T>` [inject/{tag}]",
                        first.path().to_token_stream(),
                    ),
                );
                parameter
            }
            Some(first) => {
                match attributes.origin(parameter.name.clone(), index, &input.ty, &input.attrs, errors) {
                    Origin::Dependency(dependency) => parameter.with_attributes(&dependency),
                    Origin::Unknown => parameter,
                    Origin::Default | Origin::Expression(_) => {
                        errors.at(
                            &first,
                            format_args!(
                                "a parameter of {what} is always extracted: remove `#[init]` [inject/{tag}]"
                            ),
                        );
                        parameter
                    }
                }
            }
        });
    }
    parameters
}

/// Reports the type of a parameter that is known to be no extractor by its form. Returns whether the form is right.
pub(crate) fn check_form_of_extractor(ty: &Type, errors: &mut Errors) -> bool {
    if let Some(component) = only_argument_of(ty, "Inject") {
        let without_inject = |port: &str| format!("take `{port}` itself, without `Inject<..>`");
        return check_outlives_port(component, &without_inject, errors) && check_form(component, errors);
    }
    if let Some(message) = binding_as_a_dependency(ty) {
        errors.at(ty, message);
        return false;
    }
    if let Type::Reference(reference) = ungrouped(ty) {
        let owned = names::display_type(&reference.elem);
        let message = format_args!(
            "an extractor is owned: take `{owned}`, or `Inject<{owned}>` if the container provides it [inject/extractor]"
        );
        errors.at(ty, message);
        return false;
    }
    let shared = match (only_argument_of(ty, "Arc"), only_argument_of(ty, "Box").map(ungrouped)) {
        (Some(_), _) => names::display_type(ty),
        (None, Some(port @ Type::TraitObject(_))) => format!("Arc<{}>", names::display_type(port)),
        _ => return true,
    };
    let message = format_args!(
        "a value of the container comes through `Inject`: take `Inject<{shared}>` [inject/extractor]"
    );
    errors.at(ty, message);
    false
}

/// Reports a parameter under `#[cfg]`, which would need an expansion for each configuration.
fn reject_cfg(input: &PatType, what: &str, tag: &str, errors: &mut Errors) {
    if let Some(cfg) = input.attrs.iter().find(|attribute| attribute.path().is_ident("cfg")) {
        errors.at(
            cfg,
            format_args!("a parameter of {what} cannot have `#[cfg]`: put it on the function [inject/{tag}]"),
        );
    }
}

/// Returns the `users` of `users: T`, and of `Inject(users): Inject<T>`.
fn name_of(input: &PatType, index: usize) -> String {
    fn of(pattern: &Pat) -> Option<String> {
        match pattern {
            Pat::Ident(pattern) => Some(names::display_name(&pattern.ident)),
            Pat::TupleStruct(pattern) if pattern.elems.len() == 1 => of(pattern.elems.first()?),
            _ => None,
        }
    }
    of(&input.pat).unwrap_or_else(|| index.to_string())
}
