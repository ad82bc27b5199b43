//! The rules of endpoints.

use syn::{Ident, ItemFn, LitStr, Path};

use super::{
    around,
    ast::{Ast, Method},
    path,
    policy::{Policy, read_policy},
};
use crate::{
    error_list::ErrorList,
    errors::{Errors, did_you_mean},
    parameter::{Parameter, parameters_of},
    paths::Runtime,
    transaction::Settings,
};

/// An endpoint.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) item: ItemFn,
    /// The variant of `Method`: `Get`.
    pub(super) method: &'static str,
    pub(super) path: String,
    pub(super) policy: Policy,
    /// Whether OpenAPI documents omit the endpoint.
    pub(super) is_hidden: bool,
    /// The errors of the endpoint, if it does not return all that its error type has.
    pub(super) error_list: Option<ErrorList>,
    pub(super) parameters: Vec<Parameter>,
    /// The around functions, outermost first.
    pub(super) arounds: Vec<Path>,
    pub(super) transaction: Option<Settings>,
    /// Whether an error was reported. The expansion then does not call the function.
    pub(super) is_stub: bool,
}

/// HTTP methods that axum routes, with the variants of `Method`.
const METHODS: [(&str, &str); 9] = [
    ("GET", "Get"),
    ("POST", "Post"),
    ("PUT", "Put"),
    ("PATCH", "Patch"),
    ("DELETE", "Delete"),
    ("HEAD", "Head"),
    ("OPTIONS", "Options"),
    ("TRACE", "Trace"),
    ("CONNECT", "Connect"),
];

/// Checks every rule.
pub(super) fn validate(mut ast: Ast, errors: &mut Errors) -> Model {
    let method = match &ast.method {
        Some(Method::Implied(method)) => variant_of(method),
        Some(Method::Named(method)) => named_method(method, errors),
        None => None,
    };
    let parameters = parameters_of(&mut ast.item, "an endpoint", "endpoint", errors);
    let has_principal = parameters.iter().any(Parameter::is_possible_principal);
    let policy = read_policy(&ast, has_principal, errors);
    if let Some(path) = &ast.path {
        path::check(path, errors);
    }
    check_async(&ast.item, errors);
    reject_generics(&ast.item, errors);
    if let Some(list) = &ast.error_list {
        list.check(&ast.item.sig.output, errors);
    }
    let arounds = around::named(&ast.around, errors);
    let transaction = Settings::of_endpoint(&ast.transaction, errors);
    Model {
        runtime: ast.runtime,
        method: method.unwrap_or("Get"),
        path: ast.path.as_ref().map_or_else(|| "/".to_owned(), LitStr::value),
        policy,
        is_hidden: ast.is_hidden,
        error_list: ast.error_list,
        parameters,
        arounds,
        transaction,
        item: ast.item,
        is_stub: errors.count() > 0,
    }
}

fn variant_of(method: &str) -> Option<&'static str> {
    METHODS.iter().find(|(name, _)| *name == method).map(|(_, variant)| *variant)
}

/// Returns the method that `#[route]` names.
fn named_method(method: &Ident, errors: &mut Errors) -> Option<&'static str> {
    let name = method.to_string();
    let variant = variant_of(&name);
    if variant.is_none() {
        errors.at(
            method,
            format_args!(
                "unknown HTTP method `{name}`{} [inject/endpoint]",
                did_you_mean(&name.to_uppercase(), &METHODS.map(|(name, _)| name)),
            ),
        );
    }
    variant
}

/// Reports a function that is not async, because a blocking handler delays every request on its thread.
fn check_async(item: &ItemFn, errors: &mut Errors) {
    if item.sig.asyncness.is_none() {
        errors.at(item.sig.fn_token, "an endpoint must be async: write `async fn` [inject/endpoint]");
    }
}

/// Reports generic parameters, which rustc could not infer.
fn reject_generics(item: &ItemFn, errors: &mut Errors) {
    if !item.sig.generics.params.is_empty() {
        errors.at(
            &item.sig.generics,
            "an endpoint has no generic parameters: name the types [inject/endpoint]",
        );
    }
}
