//! The rules of providers.

use proc_macro2::{Ident, TokenStream};
use syn::{Attribute, Expr, FnArg, Generics, ItemFn, Path, ReturnType, Type};

use crate::{
    attributes::{Keys, expect_bare, is_called, path_value, value},
    error_list::ErrorList,
    errors::Errors,
    generics::reject_lifetimes,
    parameter::{Parameter, parameters_of},
    paths::Runtime,
    types::first_of_result,
};

/// A provider.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) function: Ident,
    pub(super) generics: Generics,
    pub(super) is_async: bool,
    pub(super) parameters: Vec<Parameter>,
    /// The provided type.
    pub(super) output: Type,
    /// The return type, if it is a `Result<T, ..>`.
    pub(super) fallible: Option<Type>,
    /// The errors of the provider, if it does not return all that its error type has.
    pub(super) error_list: Option<ErrorList>,
    pub(super) kind: Kind,
    /// The layer, as a path, if the user names it.
    pub(super) layer: Option<Path>,
    /// Whether an error was reported. The expansion then does not call the function.
    pub(super) is_stub: bool,
}

/// Strategy by which the output is obtained.
#[derive(Clone, Copy)]
pub(super) struct Kind {
    pub(super) is_cached: bool,
    pub(super) teardown: Option<Teardown>,
}

/// Time at which a resource is closed.
#[derive(Clone, Copy)]
pub(super) enum Teardown {
    BeforeTheHead,
    AfterTheBody,
}

/// Checks every rule. `None` if the output type is unknown.
pub(super) fn validate(args: TokenStream, item: &mut ItemFn, errors: &mut Errors) -> Option<Model> {
    let before = errors.count();
    let Arguments { runtime, kind, layer, error_list } = Arguments::read(args, errors);
    reject_lifetimes(&item.sig.generics, errors);
    let exceptions: Vec<_> = item.sig.inputs.iter().filter_map(exception_of).collect();
    let parameters = parameters_of(item, "a provider", "provider", errors);
    if layer.is_none() && errors.count() == before {
        require_layer(&exceptions, errors);
    }
    let (output, fallible) = read_output(item, errors)?;
    if let (Some(list), None) = (&error_list, &fallible) {
        list.reject(errors);
    }
    // An impl block cannot contain the expansion.
    if item.sig.receiver().is_some() {
        return None;
    }
    Some(Model {
        runtime,
        function: item.sig.ident.clone(),
        generics: item.sig.generics.clone(),
        is_async: item.sig.asyncness.is_some(),
        parameters,
        output,
        fallible,
        error_list,
        kind,
        layer,
        is_stub: errors.count() > before,
    })
}

/// Returns the `#[layering(..)]` of a parameter.
fn exception_of(parameter: &FnArg) -> Option<Attribute> {
    let FnArg::Typed(parameter) = parameter else { return None };
    parameter.attrs.iter().find(|attribute| is_called(attribute, "layering")).cloned()
}

/// Reports an exception from the layers in a provider without a layer: what it makes would count as `Common`, and be open to every layer.
fn require_layer(exceptions: &[Attribute], errors: &mut Errors) {
    for exception in exceptions {
        errors.at(
            exception,
            "a provider with an exception states the layer of its output, which is `Common` otherwise: `#[inject(layer = Service)]`, or the layer that may take this parameter, without the exception [inject/layer]",
        );
    }
}

/// The arguments of `#[inject]`.
struct Arguments {
    runtime: Runtime,
    kind: Kind,
    layer: Option<Path>,
    error_list: Option<ErrorList>,
}

impl Arguments {
    fn read(args: TokenStream, errors: &mut Errors) -> Self {
        let mut runtime = Runtime::default();
        let (mut layer, mut error_list) = (None, None);
        let (mut is_cached, mut teardown, mut until_body) = (true, false, None);
        if !args.is_empty() {
            let keys = Keys {
                attribute: "#[inject]",
                known: &["uncached", "teardown", "until", "layer", "errors", "crate"],
            };
            keys.read(args, errors, |key, meta, errors| match key {
            "errors" => error_list = ErrorList::read(meta, "provider", errors),
            "crate" => {
                if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                    runtime = Runtime::from(path);
                }
            }
            "layer" => layer = path_value(meta, "layer = path::To::Layer", errors),
            "uncached" => {
                expect_bare(meta, errors);
                is_cached = false;
            }
            "teardown" => {
                expect_bare(meta, errors);
                teardown = true;
            }
            _ => {
                let is_body = |expr: &Expr| matches!(expr, Expr::Path(path) if path.path.is_ident("body"));
                match value(meta, "until = body", errors) {
                    Some(until) if !is_body(until) => {
                        errors.at(
                            until,
                            "expected `until = body`; without it, the resource is closed before the response [inject/provider]",
                        );
                    }
                    Some(_) => until_body = Some(meta.clone()),
                    None => {}
                }
            }
        });
        }
        if let (Some(until), false) = (&until_body, teardown) {
            errors
                .at(until, "`until` needs a teardown: `#[inject(teardown, until = body)]` [inject/provider]");
        }
        let teardown = teardown.then_some(match until_body {
            Some(_) => Teardown::AfterTheBody,
            None => Teardown::BeforeTheHead,
        });
        Self { runtime, kind: Kind { is_cached, teardown }, layer, error_list }
    }
}

/// Reads the output: a provider returns `T` or `Result<T, E>`, where `T` is a type of the crate.
fn read_output(item: &ItemFn, errors: &mut Errors) -> Option<(Type, Option<Type>)> {
    const NO_VALUE: &str = "a provider must return a value, `T` or `Result<T, E>`: for one that only checks, return a type such as `struct Verified;` [inject/provider]";
    let written = match &item.sig.output {
        ReturnType::Type(_, ty) => &**ty,
        ReturnType::Default => {
            errors.at(&item.sig.ident, NO_VALUE);
            return None;
        }
    };
    let (output, fallible) = match first_of_result(written) {
        Some(output) => (output, Some(written.clone())),
        None => (written, None),
    };
    match output {
        // `Self` exists in an impl block only.
        Type::Path(path) if path.path.is_ident("Self") => {
            errors.at(output, "a constructor belongs to an impl block under a stereotype: put `#[service]` or another one on the block [inject/constructor]");
            None
        }
        Type::Tuple(unit) if unit.elems.is_empty() => {
            errors.at(output, NO_VALUE);
            None
        }
        Type::Path(_) => Some((output.clone(), fallible)),
        other => {
            errors.at(
                other,
                "a provider returns a type of this crate: wrap this one in a struct [inject/provider]",
            );
            None
        }
    }
}
