//! The rules of endpoints.

use syn::{Ident, ItemFn, LitStr};

use super::{
    ast::{Ast, Method},
    path,
    policy::{Policy, policy},
};
use crate::{
    errors::{Errors, did_you_mean},
    paths::Runtime,
    request::{Parameter, parameters_of},
};

/// An endpoint.
pub(super) struct Model {
    pub(super) runtime: Runtime,
    pub(super) item: ItemFn,
    pub(super) method: String,
    pub(super) path: String,
    pub(super) policy: Policy,
    /// In documents.
    pub(super) is_hidden: bool,
    pub(super) parameters: Vec<Parameter>,
    /// What was wrong is reported: nothing is called.
    pub(super) is_stub: bool,
}

/// The methods that axum can route by.
const METHODS: [&str; 9] = ["GET", "POST", "PUT", "PATCH", "DELETE", "HEAD", "OPTIONS", "TRACE", "CONNECT"];

/// Checks every rule.
pub(super) fn validate(mut ast: Ast, errors: &mut Errors) -> Model {
    let method = match &ast.method {
        Some(Method::Implied(method)) => (*method).to_owned(),
        Some(Method::Named(method)) => known(method, errors),
        None => METHODS[0].to_owned(),
    };
    let policy = policy(&ast, errors);
    let parameters = parameters_of(&mut ast.item, "an endpoint", "endpoint", errors);
    if let Some(path) = &ast.path {
        path::check(path, errors);
        path::check_parameters(path, &parameters, errors);
    }
    is_async(&ast.item, errors);
    has_no_generics(&ast.item, errors);
    Model {
        runtime: ast.runtime,
        method,
        path: ast.path.as_ref().map_or_else(|| "/".to_owned(), LitStr::value),
        policy,
        is_hidden: ast.is_hidden,
        parameters,
        item: ast.item,
        is_stub: errors.count() > 0,
    }
}

/// The method that `#[route]` names.
fn known(method: &Ident, errors: &mut Errors) -> String {
    let name = method.to_string();
    if !METHODS.contains(&&*name) {
        errors.at(
            method,
            format_args!(
                "`{name}` is no method that routes go by{} [inject/endpoint]",
                did_you_mean(&name.to_uppercase(), &METHODS),
            ),
        );
    }
    name
}

/// A handler that blocks would hold up every request on its thread.
fn is_async(item: &ItemFn, errors: &mut Errors) {
    if item.sig.asyncness.is_none() {
        errors.at(item.sig.fn_token, "an endpoint is `async fn` [inject/endpoint]");
    }
}

/// Nothing could infer them.
fn has_no_generics(item: &ItemFn, errors: &mut Errors) {
    if !item.sig.generics.params.is_empty() {
        errors.at(
            &item.sig.generics,
            "an endpoint has no generic parameters: requests come with one type each [inject/endpoint]",
        );
    }
}
