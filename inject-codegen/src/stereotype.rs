//! The stereotypes and their arguments.

use proc_macro2::TokenStream;
use quote::quote;
use syn::Path;

use crate::{
    attributes::{Keys, expect_bare, path_value},
    errors::Errors,
    paths::Runtime,
};

/// One of the attributes that make a component.
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
    /// `layer_only`: the type is in the layer, but not built by its own wiring.
    pub(crate) layer_only: bool,
}

impl Stereotype {
    pub(crate) const SERVICE: Self = Self { attribute: "#[service]", layer: Some("Service") };
    pub(crate) const REPOSITORY: Self = Self { attribute: "#[repository]", layer: Some("Repository") };
    pub(crate) const INFRASTRUCTURE: Self =
        Self { attribute: "#[infrastructure]", layer: Some("Infrastructure") };
    pub(crate) const SHARED: Self = Self { attribute: "#[shared]", layer: Some("Shared") };
    pub(crate) const COMPONENT: Self = Self { attribute: "#[component]", layer: None };

    /// Reads the arguments. What is wrong with them is reported, and replaced by something that expands.
    pub(crate) fn arguments(&self, tokens: TokenStream, errors: &mut Errors) -> StereotypeArgs {
        let known: &[_] =
            if self.layer.is_some() { &["crate", "layer_only"] } else { &["crate", "layer_only", "layer"] };
        let keys = Keys { attribute: self.attribute, known };
        let mut runtime = Runtime::default();
        let mut named: Option<Path> = None;
        let mut layer_only = false;
        let is_empty = tokens.is_empty();
        if !is_empty {
            keys.read(tokens, errors, |key, meta, errors| match key {
                "crate" => {
                    if let Some(path) = path_value(meta, "crate = path::to::inject_runtime", errors) {
                        runtime = Runtime::from(path);
                    }
                }
                "layer" => named = path_value(meta, "layer = path::To::Layer", errors),
                _ => {
                    expect_bare(meta, errors);
                    layer_only = true;
                }
            });
        }
        let layer = match (self.layer, named) {
            (Some(name), _) => {
                let name = quote::format_ident!("{name}");
                quote!(#runtime::layer::#name)
            }
            (None, Some(path)) => quote!(#path),
            (None, None) => {
                if errors.count() == 0 {
                    errors.at_call_site(
                        "`#[component]` names its layer: `#[component(layer = Domain)]` [inject/shape]",
                    );
                }
                quote!(#runtime::layer::Shared)
            }
        };
        StereotypeArgs { attribute: self.attribute, runtime, layer, layer_only }
    }
}
