//! The stereotypes and their arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Meta, Path};

use crate::{
    attributes::{Keys, path_value, value},
    errors::{Errors, did_you_mean},
    paths::Runtime,
};

/// Attribute that declares a component.
pub(crate) struct Stereotype {
    /// As the user types it.
    attribute: &'static str,
    /// The layer; `None` where the user names it.
    layer: Option<&'static str>,
}

/// The arguments of a stereotype.
pub(crate) struct StereotypeArgs {
    /// The attribute as the user types it.
    pub(crate) attribute: &'static str,
    pub(crate) runtime: Runtime,
    /// The layer, as a path.
    pub(crate) layer: TokenStream,
    /// The scope that the user states.
    pub(crate) scope: Option<StatedScope>,
}

/// Value of `scope = ..`, with its place.
pub(crate) struct StatedScope {
    pub(crate) scope: Scope,
    pub(crate) value: Expr,
}

/// Scope of a component.
#[derive(Clone, Copy, PartialEq, Eq)]
pub(crate) enum Scope {
    /// Built once for the container, which lists it as `Arc<T>`.
    Singleton,
    /// Built anew for each dependent.
    Transient,
    /// Built from a request, and dropped with it.
    Request,
}

impl StereotypeArgs {
    /// Returns the name of the layer.
    pub(crate) fn layer_name(&self) -> String {
        let path = self.layer.to_string();
        path.rsplit(":: ").next().unwrap_or(&path).to_owned()
    }

    /// Returns whether the user states `scope`.
    pub(crate) fn has_scope(&self, scope: Scope) -> bool {
        self.scope.as_ref().is_some_and(|stated| stated.scope == scope)
    }

    /// Returns whether the component is built from a request.
    pub(crate) fn is_of_request(&self) -> bool {
        self.has_scope(Scope::Request)
    }

    /// Reports `scope = request` as `message`, on an item that is not a struct.
    pub(crate) fn reject_request_scope(&self, message: &str, errors: &mut Errors) {
        self.reject_scope(Scope::Request, message, errors);
    }

    /// Reports a stated scope as `message`.
    pub(crate) fn reject_scope(&self, scope: Scope, message: &str, errors: &mut Errors) {
        if let Some(stated) = self.scope.as_ref().filter(|stated| stated.scope == scope) {
            errors.at(&stated.value, format_args!("{message} [inject/shape]"));
        }
    }
}

impl Stereotype {
    pub(crate) const SERVICE: Self = Self { attribute: "#[service]", layer: Some("Service") };
    pub(crate) const REPOSITORY: Self = Self { attribute: "#[repository]", layer: Some("Repository") };
    pub(crate) const INFRASTRUCTURE: Self =
        Self { attribute: "#[infrastructure]", layer: Some("Infrastructure") };
    pub(crate) const COMMON: Self = Self { attribute: "#[common]", layer: Some("Common") };
    pub(crate) const COMPONENT: Self = Self { attribute: "#[component]", layer: None };

    /// Reads the arguments. Reports a wrong value, and uses the default in its place.
    pub(crate) fn arguments(&self, tokens: TokenStream, errors: &mut Errors) -> StereotypeArgs {
        let known: &[_] =
            if self.layer.is_some() { &["crate", "scope"] } else { &["crate", "scope", "layer"] };
        let keys = Keys { attribute: self.attribute, known };
        let mut runtime = Runtime::default();
        let mut named: Option<Path> = None;
        let mut scope = None;
        let is_empty = tokens.is_empty();
        if !is_empty {
            keys.read(tokens, errors, |key, meta, errors| match key {
                "crate" => {
                    if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                        runtime = Runtime::from(path);
                    }
                }
                "layer" => named = path_value(meta, "layer = path::To::Layer", errors),
                _ => scope = read_scope(meta, errors),
            });
        }
        let layer = match (self.layer, named) {
            (Some(name), _) => {
                let name = quote::format_ident!("{name}");
                quote!(__rt::layer::#name)
            }
            (None, Some(path)) => quote!(#path),
            (None, None) => {
                if errors.count() == 0 {
                    errors.at_call_site(
                        "`#[component]` needs a layer: `#[component(layer = Domain)]` [inject/shape]",
                    );
                }
                quote!(__rt::layer::Common)
            }
        };
        StereotypeArgs { attribute: self.attribute, runtime, layer, scope }
    }
}

/// Reads the value of `scope = ..`.
fn read_scope(meta: &Meta, errors: &mut Errors) -> Option<StatedScope> {
    let value = value(meta, "scope = request", errors)?;
    let name = match value {
        Expr::Path(path) => path.path.get_ident().map(ToString::to_string).unwrap_or_default(),
        _ => String::new(),
    };
    let scope = match name.as_str() {
        "singleton" => Scope::Singleton,
        "transient" => Scope::Transient,
        "request" => Scope::Request,
        _ => {
            errors.at(
                value,
                format_args!(
                    "unknown scope{}, expected `singleton`, `transient` or `request` [inject/shape]",
                    did_you_mean(&name, &["singleton", "transient", "request"]),
                ),
            );
            return None;
        }
    };
    Some(StatedScope { scope, value: value.clone() })
}
