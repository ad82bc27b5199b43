//! The stereotypes and their arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::{Expr, Meta, Path};

use crate::{
    attributes::{Keys, path_value, value},
    errors::Errors,
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
    /// The `request` of `scope = request`: the component is built from a request, and lives as long.
    pub(crate) request: Option<Expr>,
}

impl StereotypeArgs {
    /// Returns the name of the layer.
    pub(crate) fn layer_name(&self) -> String {
        let path = self.layer.to_string();
        path.rsplit(":: ").next().unwrap_or(&path).to_owned()
    }

    /// Reports `scope = request` as `message`, on an item that is not a struct.
    pub(crate) fn reject_request_scope(&self, message: &str, errors: &mut Errors) {
        if let Some(request) = &self.request {
            errors.at(request, format_args!("{message} [inject/shape]"));
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
        let mut request = None;
        let is_empty = tokens.is_empty();
        if !is_empty {
            keys.read(tokens, errors, |key, meta, errors| match key {
                "crate" => {
                    if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                        runtime = Runtime::from(path);
                    }
                }
                "layer" => named = path_value(meta, "layer = path::To::Layer", errors),
                _ => request = read_scope(meta, errors),
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
        StereotypeArgs { attribute: self.attribute, runtime, layer, request }
    }
}

/// Reads the value of `scope = ..`: the expression `request`, or `None` for `container`, which is the default.
fn read_scope(meta: &Meta, errors: &mut Errors) -> Option<Expr> {
    let value = value(meta, "scope = request", errors)?;
    let is = |name| matches!(value, Expr::Path(path) if path.path.is_ident(name));
    if !is("request") && !is("container") {
        errors.at(value, "unknown scope, expected `request` or `container` (the default) [inject/shape]");
    }
    is("request").then(|| value.clone())
}
